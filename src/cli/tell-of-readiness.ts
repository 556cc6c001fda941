import { setTimeout as sleep } from 'node:timers/promises';
import { apiReadiness } from '../local/api-readiness.ts';
import type { Output } from './output.ts';
import { isInDoubt, type ReadinessSeen, readyAtFirst, seeReadiness } from './readiness-news.ts';

interface Watched {
  /** Of the API. */
  url: string;
  output: Pick<Output, 'result'>;
  /** When it aborts, no more is told. */
  signal: AbortSignal;
  /** Between two looks, ms. Each writes to the storage once, which a vendor may charge for. */
  everyMs?: number;
  /** As long as the last look is to be confirmed by another, ms. Longer than the API gives an answer again. */
  doubtMs?: number;
}

/** Says when what the API stands on goes away, with the reasons, and when it is back: a line, or an event with --json. Never rejects, and keeps no process alive. */
export async function tellOfReadiness({
  url,
  output,
  signal,
  everyMs = 10_000,
  doubtMs = 6_000,
}: Watched): Promise<void> {
  let seen: ReadinessSeen = readyAtFirst;
  for (;;) {
    const pause = isInDoubt(seen) ? doubtMs : everyMs;
    await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
    const reasons = await reasonsOf(url, signal);
    if (signal.aborted) return;
    const { news, ...now } = seeReadiness(seen, reasons);
    seen = now;
    if (news) tell(output, reasons);
  }
}

function tell(output: Watched['output'], reasons: string[]): void {
  if (reasons.length === 0) output.result({ event: 'ready' }, 'ready again');
  else output.result({ event: 'not_ready', reasons }, `not ready: ${reasons.join('; ')}`);
}

async function reasonsOf(url: string, signal: AbortSignal): Promise<string[]> {
  try {
    const { status, failing } = await apiReadiness(url, signal);
    if (status === 200) return [];
    return failing.length > 0 ? failing.map(({ detail }) => detail) : [`the API answers ${status}`];
  } catch {
    return ['the API does not answer'];
  }
}
