import { expect, test } from 'vitest';
import { serviceWords } from '../../../src/cli/doctor.ts';
import { workersState } from '../../../src/local/database-state.ts';

test('doctor says how many workers live of each fleet, and warns where none does', () => {
  const live = [
    { fleet: 'cpu', sandbox: 'bwrap', count: 2 },
    { fleet: 'cpu', sandbox: 'uid', count: 1 },
    { fleet: 'gpu', sandbox: 'bwrap', count: 1 },
  ];
  expect(serviceWords(workersState(live))).toBe('✓ workers      live: 3 cpu, 1 gpu');
  expect(serviceWords(workersState([]))).toMatch(
    /^– workers {6}none is running: videos wait\n +fix: .*reelmill worker cpu/,
  );
});
