import { z } from 'zod';
import { problemListSchema, problemPageSchema } from '../http/problem-pages.ts';
import type { Operation } from '../operation.ts';

const check = z
  .object({
    ok: z.boolean(),
    ms: z.int().meta({ description: 'How long it took.' }),
    code: z.string().optional(),
    detail: z.string().optional(),
  })
  .meta({ id: 'Check', description: 'Where it is not ok, `code` and `detail` say why.' });

export const healthSchema = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });

export const readinessSchema = z
  .object({
    status: z.enum(['ready', 'not_ready']),
    checks: z.object({ postgres: check, storage: check, queue: check, sandbox: check.optional() }),
    workers: z.record(z.string(), z.int()).nullable().meta({
      description:
        'How many workers live of each fleet (`cpu`, `gpu`): with none, videos wait. Null where Postgres does not tell.',
    }),
    sandbox: z.object({
      setting: z.enum(['require', 'prefer', 'none']),
      workers: z
        .record(z.string(), z.int())
        .nullable()
        .meta({ description: 'How many workers live at each level; null where Postgres does not tell.' }),
    }),
  })
  .meta({ id: 'Readiness' });

const service = { tag: 'Service', method: 'get' } as const;

export const serviceOperations: Operation[] = [
  {
    ...service,
    path: '/healthz',
    id: 'getHealth',
    summary: 'The process lives',
    access: 'anybody',
    answers: { 200: { description: 'It does.', body: healthSchema } },
  },
  {
    ...service,
    path: '/readyz',
    id: 'getReadiness',
    summary: 'What it needs answers, which workers live, and what confines their tools',
    access: 'anybody',
    answers: {
      200: { description: 'All of it does.', body: readinessSchema },
      503: { description: 'Something does not; the checks say what.', body: readinessSchema },
    },
  },
  {
    ...service,
    path: '/metrics',
    id: 'getMetrics',
    summary: 'Counts for Prometheus',
    access: 'operate',
    answers: { 200: { description: 'Prometheus’ text format.', mediaType: 'text/plain' } },
  },
  {
    ...service,
    path: '/problems',
    id: 'listProblems',
    summary: 'All error codes; a page for browsers',
    access: 'anybody',
    answers: { 200: { description: 'In the order of the documentation.', body: problemListSchema } },
  },
  {
    ...service,
    path: '/problems/{code}',
    id: 'getProblem',
    summary: 'What an error code means; a page for browsers',
    access: 'anybody',
    parameters: { code: 'A code of the catalogue.' },
    answers: { 200: { description: 'Cause and fix.', body: problemPageSchema } },
  },
  {
    ...service,
    path: '/api/v1/openapi.json',
    id: 'getOpenApi',
    summary: 'This document',
    access: 'anybody',
    answers: { 200: { description: 'OpenAPI 3.1.', mediaType: 'application/json' } },
  },
];
