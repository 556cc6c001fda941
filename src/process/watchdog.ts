import { CatalogueError } from '../errors/catalogue-error.ts';

/** How long a process may take, and how its error tells of it. */
export interface WatchOptions {
  /** Without progress for this long the process is ended, and the call rejects with PROCESS_STALLED, ms. Default: never. */
  stallTimeoutMs?: number | undefined;
  /** The same before the first progress, ms. Default: `stallTimeoutMs`. */
  firstTimeoutMs?: number | undefined;
  /** In all, ms; then PROCESS_TIMEOUT. Default: an hour. */
  wallTimeoutMs?: number | undefined;
  /** What the bounds are made for, for the error: `1920x1080`. */
  boundFor?: string | undefined;
  /** What counts as progress, for the error: `frame`, `output`, `line`. Default: `output`. */
  sign?: string | undefined;
  /** Looked at every now and then: a number that rises is progress. For tools that say nothing. */
  measure?: (() => Promise<number>) | undefined;
  /** How far it came, for the error: in words (`after 48 frames, at 12.0 s of the source`), and as facts. */
  reached?: (() => { words: string; facts: Record<string, unknown> }) | undefined;
}

export interface Watchdog {
  /** It works. */
  progress(): void;
  stop(): void;
}

const defaultWallMs = 3_600_000;

/**
 * Watches a process, and calls `onBroken` with PROCESS_STALLED or PROCESS_TIMEOUT, once or more. Its clock counts the time in which we could look: while this
 * process stands still itself (stopped, a machine asleep) nothing is held against the tool, whose signs are still unread.
 */
export function watch(tool: string, options: WatchOptions, onBroken: (error: CatalogueError) => void): Watchdog {
  const { wallTimeoutMs = defaultWallMs, stallTimeoutMs = Number.POSITIVE_INFINITY } = options;
  const { firstTimeoutMs = stallTimeoutMs } = options;
  const everyMs = Math.min(1_000, wallTimeoutMs / 4, stallTimeoutMs / 4, firstTimeoutMs / 4);
  const clock = countedClock(2 * everyMs);
  const measure = options.measure && measured(options.measure);
  let since = 0;
  let begun = false;
  const progress = () => {
    since = clock.now();
    begun = true;
  };

  const timer = setInterval(() => {
    clock.tick();
    measure?.(progress);
    const ran = clock.now();
    const bound = begun ? stallTimeoutMs : firstTimeoutMs;
    const is = (code: 'PROCESS_STALLED' | 'PROCESS_TIMEOUT', words: string, ms: number, name: string) =>
      onBroken(broken(code, `${tool} ${words}`, { tool, bound: name, boundSeconds: ms / 1_000, ran }, options));
    const sign = options.sign ?? 'output';
    if (ran >= wallTimeoutMs) is('PROCESS_TIMEOUT', `ran longer than ${say(wallTimeoutMs)}`, wallTimeoutMs, 'wall');
    else if (ran - since >= bound && begun) is('PROCESS_STALLED', `made no new ${sign} for ${say(bound)}`, bound, sign);
    else if (ran - since >= bound)
      is('PROCESS_STALLED', `made no ${sign} in its first ${say(bound)}`, bound, `first ${sign}`);
  }, everyMs);
  return { progress, stop: () => clearInterval(timer) };
}

function broken(
  code: 'PROCESS_STALLED' | 'PROCESS_TIMEOUT',
  what: string,
  { ran, ...facts }: { tool: string; bound: string; boundSeconds: number; ran: number },
  { boundFor, reached }: WatchOptions,
): CatalogueError {
  const came = reached?.();
  const detail = `${what}${boundFor ? ` (the bound for ${boundFor})` : ''}${came?.words ? `, ${came.words}` : ''}`;
  return new CatalogueError(code, detail, { facts: { ...facts, ranSeconds: Math.round(ran / 1_000), ...came?.facts } });
}

/** Milliseconds that were looked at: a step counts for `mostMs` at most. */
function countedClock(mostMs: number): { tick(): void; now(): number } {
  let [counted, last] = [0, performance.now()];
  return {
    tick() {
      const now = performance.now();
      counted += Math.min(mostMs, now - last);
      last = now;
    },
    now: () => counted,
  };
}

/** Asks again only when the last answer is there: a large folder takes longer than a tick. */
function measured(measure: () => Promise<number>): (onRise: () => void) => void {
  let most = 0;
  let busy = false;
  return (onRise) => {
    if (busy) return;
    busy = true;
    measure()
      .then((found) => {
        if (found > most) onRise();
        most = Math.max(most, found);
      })
      .catch(() => {})
      .finally(() => {
        busy = false;
      });
  };
}

const say = (ms: number): string => `${ms < 10_000 ? (ms / 1_000).toFixed(1) : Math.round(ms / 1_000)} s`;
