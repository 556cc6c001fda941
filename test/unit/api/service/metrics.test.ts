import { expect, test } from 'vitest';
import { requestArea, statusClass } from '../../../../src/api/http/request-times.ts';
import { countByLevel, refuseWeaker } from '../../../../src/api/service/health.ts';
import { failuresByCode } from '../../../../src/api/service/metrics.ts';

test.each([
  ['/api/v1/videos/vid_1/status', 'api'],
  ['/media/transcoded/vid_1/x.m4s', 'media'],
  ['/admin/queues', 'board'],
  ['/watch/vid_1', 'pages'],
  ['/readyz', 'health'],
  ['/', 'other'],
  ['/anything/else', 'other'],
  ['/constructor', 'other'],
  ['//evil', 'other'],
])('a request for %s is counted as %s', (path, area) => {
  expect(requestArea(path)).toBe(area);
});

test('an answer that was cut off is no success', () => {
  expect(statusClass(206, true)).toBe('2xx');
  expect(statusClass(503, true)).toBe('5xx');
  expect(statusClass(200, false)).toBe('cut');
});

test('failures are counted by the codes of the catalogue, and all others as one', () => {
  const rows = [
    { code: 'INPUT_DAMAGED', count: 2 },
    { code: 'OF_ANOTHER_VERSION', count: 1 },
    { code: 'constructor', count: 4 },
  ];
  expect([...failuresByCode(rows)]).toEqual([
    ['INPUT_DAMAGED', 2],
    ['OTHER', 5],
  ]);
});

test('workers are counted by level over all fleets; a requirement is broken by any that is weaker', () => {
  const strong = [
    { fleet: 'cpu', sandbox: 'bwrap', count: 2 },
    { fleet: 'gpu', sandbox: 'bwrap', count: 1 },
  ];
  expect(countByLevel(strong)).toEqual({ bwrap: 3 });
  expect(() => refuseWeaker(strong)).not.toThrow();
  expect(() => refuseWeaker([])).not.toThrow();
  expect(() => refuseWeaker([...strong, { fleet: 'cpu', sandbox: 'unknown', count: 1 }])).toThrow(
    /SANDBOX_UNAVAILABLE.*1 cpu at unknown/,
  );
});
