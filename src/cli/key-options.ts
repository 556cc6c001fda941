import { creatorPlans } from '../database/creator-plans.ts';
import type { CreatorPlan } from '../database/database.ts';
import { type Scope, scopes } from '../database/scopes.ts';
import { UsageError } from './exit-codes.ts';

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
/** Ten years: longer is a slip of the pen. */
const longest = 10 * 366 * 86_400;

/** A time span such as `30d`, `12h` or `90m`, in seconds. Throws UsageError. Pure. */
export function parseSpan(text: string, option: string): number {
  const [, count = '', unit = ''] = /^(\d{1,9})([smhdw])$/.exec(text.trim()) ?? [];
  const seconds = Number(count) * (units[unit] ?? Number.NaN);
  if (count === '' || Number.isNaN(seconds) || seconds > longest) {
    throw new UsageError(
      `${option} "${text}" is no time span: a number and s, m, h, d or w, such as 30d; at most ten years`,
    );
  }
  return seconds;
}

/** Scopes, comma separated, in their own order. Throws UsageError, and names the wrong one and the right ones. Pure. */
export function parseScopes(text: string): Scope[] {
  const given = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const wrong = given.filter((name) => !scopes.some((scope) => scope === name));
  if (given.length === 0 || wrong.length > 0) {
    const what =
      wrong.length > 0 ? `${wrong.map((name) => `"${name}"`).join(', ')} is no scope` : '--scopes names none';
    throw new UsageError(`${what}; there are ${scopes.join(', ')}`);
  }
  return scopes.filter((scope) => given.includes(scope));
}

/** A plan of creators. Throws UsageError, and names those that there are. Pure. */
export function parsePlan(text: string): CreatorPlan {
  const plan = creatorPlans.find((name) => name === text);
  if (!plan) throw new UsageError(`"${text}" is no plan; there are ${creatorPlans.join(', ')}`);
  return plan;
}
