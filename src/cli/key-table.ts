import type { KeyRow } from '../database/api-keys.ts';
import { keyState } from '../database/key-state.ts';

/** What the command line says of a key with --json: names as in the API. Pure. */
export const keyFacts = (key: KeyRow, now: Date) => ({
  key_id: key.id,
  creator_id: key.creatorId,
  name: key.name,
  plan: key.plan,
  scopes: key.scopes,
  state: keyState(key, now),
  created_at: key.createdAt.toISOString(),
  expires_at: key.expiresAt?.toISOString() ?? null,
  revoked_at: key.revokedAt?.toISOString() ?? null,
  successor_id: key.successorId,
});

const titles = ['ID', 'CREATOR', 'NAME', 'PLAN', 'SCOPES', 'STATE', 'CREATED'];

/** Keys as a table for a terminal, one a line. Pure. */
export function keyTable(keys: readonly KeyRow[], now: Date): string {
  const rows = keys.map((key) => [
    key.id,
    key.creatorId,
    key.name,
    key.plan,
    key.scopes.join(',') || 'none',
    stateWords(key, now),
    minute(key.createdAt),
  ]);
  const widths = titles.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? '')].map(width)),
  );
  return [titles, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - width(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A key's state and until when or since when it is so, UTC. Pure. */
export function stateWords(key: KeyRow, now: Date): string {
  const until = key.expiresAt ? minute(key.expiresAt) : '';
  switch (keyState(key, now)) {
    case 'valid':
      return until ? `valid until ${until}` : 'valid';
    case 'ending':
      return `rotated, valid until ${until}`;
    case 'expired':
      return `expired ${until}`;
    case 'revoked':
      return `revoked ${key.revokedAt ? minute(key.revokedAt) : ''}`;
  }
}

/** `2026-01-31 12:00 UTC`. Pure. */
export const minute = (date: Date): string => `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const width = (text: string): number => [...text].length;
