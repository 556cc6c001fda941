import { afterEach, expect, test, vi } from 'vitest';
import { createLog } from '../../../src/log.ts';
import { startHeartbeat } from '../../../src/workers/heartbeat.ts';

afterEach(() => void vi.useRealTimers());

const state = () => ({
  ...{ id: 'wrk_1', fleet: 'cpu' as const, host: 'here', pid: 1, queues: [], slots: 1 },
  ...{ currentTask: null, sandbox: 'none' as const },
});

test('that a worker has ended is written when its last heartbeat is, however long that takes', async () => {
  vi.useFakeTimers();
  const written: string[] = [];
  let takesMs = 0;
  const workers = {
    heartbeat: async () => {
      await new Promise((resolve) => setTimeout(resolve, takesMs));
      written.push('lives');
    },
    stopped: async () => void written.push('has ended'),
    live: async () => [],
  };
  const starting = startHeartbeat({ workers }, createLog({ level: 'silent', name: 'test' }), state);
  await vi.advanceTimersByTimeAsync(1);
  const heartbeat = await starting;
  takesMs = 30_000;
  await vi.advanceTimersByTimeAsync(5_000);
  const stopping = heartbeat.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  await stopping;
  expect(written).toEqual(['lives', 'lives', 'has ended']);
});
