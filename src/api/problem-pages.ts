import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Router } from 'express';
import { z } from 'zod';
import { catalogue, type ErrorCode, errorCodes, isErrorCode } from '../errors/catalogue.ts';
import { CatalogueError } from '../errors/catalogue-error.ts';

/** What `GET /problems/{code}` answers to a program. */
export const problemPageSchema = z
  .object({ code: z.enum(errorCodes), status: z.int(), retryable: z.boolean(), cause: z.string(), fix: z.string() })
  .meta({ id: 'ProblemPage' });

const file = resolve(import.meta.dirname, '../../web/problem.html');

/** `GET /problems/{code}`: where the `type` of an error leads. A page for browsers, JSON for whoever asks for that. */
export function problemRoutes(): Router {
  const page = readFileSync(file, 'utf8');
  return Router().get('/problems/:code', (request, response) => {
    const code = request.params.code.toUpperCase();
    if (!isErrorCode(code)) throw new CatalogueError('NOT_FOUND', `There is no error code ${request.params.code}.`);
    response.set({ 'cache-control': 'public, max-age=3600', vary: 'accept' });
    if (request.accepts(['json', 'html']) === 'html') response.type('html').send(filled(page, code));
    else response.json(facts(code));
  });
}

function facts(code: ErrorCode): z.infer<typeof problemPageSchema> {
  const { httpStatus, retryable, cause, fix } = catalogue[code];
  return { code, status: httpStatus, retryable, cause, fix };
}

const again = (retryable: boolean): string =>
  retryable
    ? 'The same can succeed later, as it is: try again.'
    : 'The same, unchanged, will not succeed: trying again does not help.';

/** The page with its words in place of `{{name}}`. Pure. */
export function filled(page: string, code: ErrorCode): string {
  const { status, retryable, cause, fix } = facts(code);
  const words: Record<string, string> = { code, status: `HTTP ${status}`, cause, fix, again: again(retryable) };
  return page.replace(/\{\{(\w+)\}\}/g, (_, name: string) => escaped(words[name] ?? ''));
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
