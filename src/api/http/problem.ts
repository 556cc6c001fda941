import { type ZodError, z } from 'zod';
import { errorCodes } from '../../errors/catalogue.ts';
import { CatalogueError, userError } from '../../errors/catalogue-error.ts';
import { issueWords } from '../../words/issue-words.ts';

export const problemMediaType = 'application/problem+json';

/** What can be done about an error, wherever one is told. */
export const hints = {
  hint: z.string().meta({ description: 'What to do about it. Fit to be shown to the users of an app.' }),
  operator_hint: z.string().optional().meta({
    description:
      'What whoever runs the installation can do: a setting, a machine. Only for callers with the scope operate, and only where there is something.',
  }),
};

/** The body of every error answer: RFC 9457 (`application/problem+json`), with the catalogue's own fields. */
export const problemSchema = z
  .object({
    type: z
      .string()
      .meta({ description: 'Path of a page about the code, on this server.', example: '/problems/NOT_FOUND' }),
    title: z.string().meta({ description: 'Why it happens.' }),
    status: z.int().meta({ description: 'The HTTP status.' }),
    detail: z.string().meta({ description: 'What was found, and where.' }),
    code: z.enum(errorCodes).meta({ id: 'ErrorCode', description: 'Does not change; new ones may come.' }),
    retryable: z
      .boolean()
      .meta({ description: 'True only where the same request can succeed later while nobody changes anything.' }),
    ...hints,
    instance: z.string().meta({ description: 'Names this very answer; the log knows it under the same id.' }),
  })
  .meta({ id: 'Problem', description: 'An error, as RFC 9457 writes it.' });
export type Problem = z.infer<typeof problemSchema>;

/** An error as its answer, `operator`: to somebody who runs the installation. Pure; holds nothing but what the catalogue and the error's own detail say. */
export function toProblem(error: CatalogueError, requestId: string, { operator = false } = {}): Problem {
  const { httpStatus, cause } = error.entry;
  const { operatorFix } = error;
  const { hint, operator_hint, retryable } = userError(error.code, error.detail, { operator, operatorFix });
  return {
    // Relative to whatever host was asked (RFC 9457, 3.1.1), so that it is the same for all.
    type: `/problems/${error.code}`,
    title: cause,
    status: httpStatus,
    detail: error.detail,
    code: error.code,
    retryable,
    hint,
    ...(operator_hint === undefined ? {} : { operator_hint }),
    instance: `urn:uuid:${requestId}`,
  };
}

/** REQUEST_MALFORMED that names every field of a body that its schema refused. */
export function malformed(error: ZodError): CatalogueError {
  const fields = error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issueWords(issue)}`);
  return new CatalogueError('REQUEST_MALFORMED', fields.join('; '));
}
