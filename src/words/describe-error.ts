/** Characters of one text of an error: a message can quote all of an answer, and a stack holds the message again. */
const longestText = 8_000;
const deepest = 5;

/** An error as a log has it. */
export type DescribedError = Record<string, unknown>;

/**
 * An error as a log has it, with its causes: texts of bounded length, without credentials in URLs, and of its other fields only plain values and
 * our own `facts`. Drivers put what they had sent into objects: Redis's client its AUTH, with the password. Pure.
 */
export function describeError(thrown: unknown, depth = 0): DescribedError | string {
  if (!(thrown instanceof Error)) return plain(String(thrown));
  const fields = Object.entries(thrown).flatMap(([name, value]) => {
    if (name === 'facts') return [[name, value]];
    if (typeof value === 'string') return [[name, plain(value)]];
    return typeof value === 'number' || typeof value === 'boolean' ? [[name, value]] : [];
  });
  const inner = depth < deepest ? [...(thrown instanceof AggregateError ? thrown.errors : [])] : [];
  return {
    ...Object.fromEntries(fields),
    type: thrown.constructor.name,
    message: plain(thrown.message),
    stack: plain(thrown.stack ?? ''),
    ...(thrown.cause !== undefined && depth < deepest ? { cause: describeError(thrown.cause, depth + 1) } : {}),
    ...(inner.length > 0 ? { errors: inner.slice(0, deepest).map((error) => describeError(error, depth + 1)) } : {}),
  };
}

const plain = (text: string): string => withoutCredentials(text.slice(0, longestText));

/** A text in which URLs have lost who logs in by them: `postgres://user:password@host` is `postgres://…@host`. Pure. */
export const withoutCredentials = (text: string): string =>
  text.replace(/(?<![a-z0-9+.-])(?!file:)([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s"']+@/gi, '$1…@');
