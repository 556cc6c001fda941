/** JSON as Postgres takes it: `jsonb` refuses NUL and unpaired surrogates, and metadata of hostile files holds both. */
export const json = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'string' ? text(inner) : inner));

/** Text as Postgres takes it: without NUL, and well-formed. */
export const text = (value: string): string => Buffer.from(value.replaceAll('\0', ''), 'utf8').toString('utf8');
