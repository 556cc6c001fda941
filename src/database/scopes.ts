/**
 * What a key may do; none implies another. `operate`: the queue board, metrics, and to see, retry, cancel and prioritise the videos of every
 * creator. `admin`: keys, presets and policies.
 */
export const scopes = ['videos:read', 'videos:write', 'operate', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** Of a key that a web app uses for its creators. */
export const creatorScopes: readonly Scope[] = ['videos:read', 'videos:write'];

/** Those of these names that are scopes; a name that this version does not know allows nothing. Pure. */
export const knownScopes = (names: readonly string[]): Scope[] => scopes.filter((scope) => names.includes(scope));
