import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import { Router } from 'express';
import { z } from 'zod';
import { catalogue, type ErrorCode } from '../errors/catalogue.ts';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { keyOperations } from './access/key-answers.ts';
import { uploadTokenOperations } from './access/upload-token-answers.ts';
import { type Problem, problemMediaType, problemSchema, toProblem } from './http/problem.ts';
import { eventsOperations } from './live/events-answers.ts';
import { playbackOperations } from './media/playback-answers.ts';
import { answerHeaders, headerComponents, requestHeaders } from './openapi-headers.ts';
import { type Answer, byStatus, codesOf, type Operation, scopesOf } from './operation.ts';
import { serviceOperations } from './service/service-answers.ts';
import { ingestOperations } from './uploads/ingest-answers.ts';
import { uploadOperations } from './uploads/upload-answers.ts';
import { changeOperation } from './videos/change-video.ts';
import { controlOperations } from './videos/control-answers.ts';
import { presetOperations } from './videos/preset-answers.ts';
import { renditionOperations } from './videos/rendition-answers.ts';
import { taskOperations } from './videos/task-answers.ts';
import { videoOperations } from './videos/video-answers.ts';
import { videoListOperation } from './videos/video-list.ts';

/** Every operation of the API. */
export const operations: readonly Operation[] = [
  ...uploadOperations,
  ...uploadTokenOperations,
  ...ingestOperations,
  videoListOperation,
  ...videoOperations,
  changeOperation,
  ...renditionOperations,
  ...taskOperations,
  ...playbackOperations,
  ...eventsOperations,
  ...presetOperations,
  ...controlOperations,
  ...keyOperations,
  ...serviceOperations,
];

/** `GET /api/v1/openapi.json`: what the API takes and answers, made from the schemas that parse. */
export function openApiRoutes({ publicUrl }: { publicUrl: string }): Router {
  const document = JSON.stringify(openApiDocument(operations, publicUrl));
  return Router().get('/api/v1/openapi.json', (_request, response) => {
    response.set({ 'access-control-allow-origin': '*', 'cache-control': 'no-cache' }).type('json').send(document);
  });
}

/** The OpenAPI 3.1 document of these operations. Pure. */
export function openApiDocument(described: readonly Operation[], publicUrl: string) {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'key', {
    ...{ type: 'http', scheme: 'bearer', description: 'An API key with the scope that the operation names.' },
  });
  registry.registerComponent('securitySchemes', 'uploadToken', {
    ...{ type: 'http', scheme: 'bearer', description: 'An upload token: one video, some minutes.' },
  });
  for (const [name, header] of Object.entries(headerComponents)) registry.registerComponent('headers', name, header);
  for (const operation of described) registry.registerPath(routeOf(operation));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Reelmill',
      version: '1',
      description:
        'Any video in, checked adaptive HLS and DASH out. Times are RFC 3339 in UTC, sizes are bytes, URLs are absolute. Every error is a Problem.',
    },
    servers: [{ url: publicUrl }],
  });
}

function routeOf(operation: Operation): RouteConfig {
  const { method, path, id, tag, summary, access, uploadToken, body, query, answers } = operation;
  const headers = { ...operation.headers, ...requestHeaders(operation) };
  return {
    method,
    path,
    operationId: id,
    tags: [tag],
    summary,
    // OpenAPI 3.1 lets any scheme name what it asks for; of several any one will do.
    security:
      access === 'anybody'
        ? []
        : [...scopesOf(access).map((scope) => ({ key: [scope] })), ...(uploadToken ? [{ uploadToken: [] }] : [])],
    request: {
      ...(path.includes('{') && { params: parametersOf(operation) }),
      ...(query && { query }),
      ...(Object.keys(headers).length > 0 && { headers: headersOf(headers) }),
      ...(body && {
        body: { required: !body.safeParse(undefined).success, content: { 'application/json': { schema: body } } },
      }),
    },
    responses: {
      ...Object.fromEntries(
        [...byStatus(codesOf(operation))].map(([status, codes]) => [
          status,
          { ...refusal(codes), headers: answerHeaders(operation, status) },
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [
          status,
          { ...success(answer), headers: answerHeaders(operation, Number(status)) },
        ]),
      ),
    },
  };
}

function parametersOf({ path, access, parameters = { id: videoIdWords(access) } }: Operation) {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return z.object(
    Object.fromEntries(names.map((name) => [name, z.string().meta({ description: parameters[name] ?? '' })])),
  );
}

const videoIdWords = (access: Operation['access']): string => {
  const anybodys = access !== 'anybody' && scopesOf(access).includes('operate');
  return `The id of a video of this key’s creator${anybodys ? '; with the scope operate of anybody’s' : ''}.`;
};

const headersOf = (headers: Readonly<Record<string, string>>) =>
  z.object(
    Object.fromEntries(
      Object.entries(headers).map(([name, description]) => [name, z.string().optional().meta({ description })]),
    ),
  );

function success({ description, body, mediaType, otherMediaTypes = [] }: Answer) {
  if (!body && !mediaType) return { description };
  return {
    description,
    content: {
      [mediaType ?? 'application/json']: { schema: body ?? {} },
      ...Object.fromEntries(otherMediaTypes.map((type) => [type, { schema: { type: 'string' as const } }])),
    },
  };
}

/** A Problem of this code, whole. */
const exampleOf = (code: ErrorCode): Problem =>
  toProblem(new CatalogueError(code, catalogue[code].cause), '0190f7c2-9d0e-7c3a-8b1f-5a2d3e4f6071');

/** A Problem whose code is one of these. */
function refusal(codes: ErrorCode[]) {
  return {
    description: codes.map((code) => `\`${code}\`: ${catalogue[code].cause}`).join('\n\n'),
    content: {
      [problemMediaType]: {
        schema: z.intersection(problemSchema, z.object({ code: z.enum(codes) })),
        // One that is made up of the examples of its fields would be none that comes.
        examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }])),
      },
    },
  };
}
