import { expect, test } from 'vitest';
import { isClosed } from '../../../src/flows/sweep.ts';

const now = new Date('2026-01-10T00:00:00Z');
const failedOn = (day: string) => ({ status: 'failed' as const, runId: 'run_b', completedAt: new Date(day) });

test.each([
  ['of no video', null, true],
  ['of a superseded run', { status: 'transcoding' as const, runId: 'run_c', completedAt: null }, true],
  ['of a ready video', { status: 'ready' as const, runId: 'run_b', completedAt: now }, true],
  ['of a cancelled video', { status: 'cancelled' as const, runId: 'run_b', completedAt: now }, true],
  ['of a video that failed long ago', failedOn('2026-01-01T00:00:00Z'), true],
  ['of a video that failed lately', failedOn('2026-01-09T00:00:00Z'), false],
  ['of a running video', { status: 'packaging' as const, runId: 'run_b', completedAt: null }, false],
])('the tree %s', (_, video, closed) => {
  expect(isClosed(video, 'run_b', now)).toBe(closed);
});
