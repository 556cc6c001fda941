import { Router } from 'express';
import { z } from 'zod';
import { type CatalogueEntry, catalogue, type ErrorCode, errorCodes, isErrorCode } from '../../errors/catalogue.ts';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import { againWords, codesPage, errorPage } from './problem-page.ts';

/** What `GET /problems/{code}` answers to a program. */
export const problemPageSchema = z
  .object({
    code: z.enum(errorCodes),
    status: z.int(),
    retryable: z.boolean(),
    cause: z.string(),
    fix: z.string().meta({ description: 'What whoever sent the request, or made the file, can do.' }),
    operator_fix: z.string().nullable().meta({ description: 'What whoever runs the installation can do.' }),
  })
  .meta({ id: 'ProblemPage' });

/** What `GET /problems` answers to a program. */
export const problemListSchema = z.object({ problems: z.array(problemPageSchema) }).meta({ id: 'ProblemList' });

/** `GET /problems/{code}`: where the `type` of an error leads, and `/problems`, all of them. Pages for browsers, JSON for whoever asks for that. */
export function problemRoutes(): Router {
  const list = () => errorCodes.map(facts);
  return Router()
    .get('/problems', (request, response) => {
      response.set({ 'cache-control': 'public, max-age=3600', vary: 'accept' });
      if (request.accepts(['json', 'html']) === 'html') response.type('html').send(codesPage(list()));
      else response.json({ problems: list() });
    })
    .get('/problems/:code', (request, response) => {
      const code = request.params.code.toUpperCase();
      if (!isErrorCode(code)) throw new CatalogueError('NOT_FOUND', `There is no error code ${request.params.code}.`);
      response.set({ 'cache-control': 'public, max-age=3600', vary: 'accept' });
      if (request.accepts(['json', 'html']) === 'html') response.type('html').send(codePage(code));
      else response.json(facts(code));
    });
}

function facts(code: ErrorCode): z.infer<typeof problemPageSchema> {
  const { httpStatus, retryable, cause, fix, operatorFix }: CatalogueEntry = catalogue[code];
  return { code, status: httpStatus, retryable, cause, fix, operator_fix: operatorFix ?? null };
}

function codePage(code: ErrorCode): string {
  const { status, retryable, cause, fix, operator_fix } = facts(code);
  return errorPage({
    ...{ code, lead: cause, advice: fix, operators: operator_fix ?? undefined },
    ...{ again: againWords(retryable), note: `HTTP ${status}` },
  });
}
