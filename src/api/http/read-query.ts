import { z } from 'zod';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import { issueWords } from '../../words/issue-words.ts';

/**
 * The query of a request as its schema, a strict object, parses it. Throws REQUEST_MALFORMED, which names every key that is wrong, and for one that is not known
 * here those that are: a filter with a slip in its name would else show everything. Pure.
 */
export function readQuery<Schema extends z.ZodObject>(schema: Schema, query: unknown): z.output<Schema> {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  const known = Object.keys(schema.shape).join(', ');
  const wrong = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `${issue.keys.join(', ')}: not known in this query, which takes ${known}`
      : `${issue.path.join('.')}: ${issueWords(issue)}`,
  );
  throw new CatalogueError('REQUEST_MALFORMED', wrong.join('; '));
}

/** One or several of these words, comma separated or the key repeated; each once, in the order of `words`. */
export const someOf = <const Word extends string>(words: readonly Word[]) =>
  z
    .preprocess(
      (given) => (given === undefined ? given : [given].flat().join(',').split(',')),
      z.array(z.enum(words)).min(1),
    )
    .transform((given) => words.filter((word) => given.includes(word)))
    .optional()
    .meta({ param: { style: 'form', explode: false } });
