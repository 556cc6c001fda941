import { expect, test } from 'vitest';
import { redoFrom, stepReached } from '../../../src/database/retry-step.ts';
import type { TaskType } from '../../../src/plan/task-specs.ts';

const way: TaskType[] = ['probe', 'split', 'transcode', 'audio', 'thumbnail', 'package', 'finalize'];

test.each([
  ['probe', []],
  ['split', ['probe']],
  ['transcode', ['probe', 'split', 'audio', 'thumbnail']],
  ['audio', ['probe', 'split', 'transcode', 'thumbnail']],
  ['thumbnails', ['probe', 'split', 'transcode', 'audio', 'package']],
  ['package', ['probe', 'split', 'transcode', 'audio', 'thumbnail']],
  [undefined, way],
] as const)('a retry from %s may take over %j', (step, kept) => {
  const redo = redoFrom(step);
  expect(way.filter((type) => !redo.includes(type))).toEqual(kept);
});

type States = Partial<Record<TaskType, 'failed' | 'completed' | 'pending' | 'running'>>;
const tasksOf = (states: States) => way.map((type) => ({ type, status: states[type] ?? ('pending' as const) }));
const done = { probe: 'completed', split: 'completed' } as const;

test.each<[string, States]>([
  ['probe', {}],
  ['probe', { probe: 'failed' }],
  ['split', { probe: 'completed' }],
  ['transcode', done],
  ['transcode', { ...done, transcode: 'failed', audio: 'failed' }],
  ['audio', { ...done, audio: 'failed' }],
  ['thumbnails', { ...done, transcode: 'running', thumbnail: 'failed' }],
  ['package', { ...done, transcode: 'completed', audio: 'completed', thumbnail: 'completed' }],
  ['package', { ...done, transcode: 'completed', audio: 'completed', thumbnail: 'completed', package: 'failed' }],
  [
    'package',
    {
      ...done,
      ...{ transcode: 'completed', audio: 'completed', thumbnail: 'completed', package: 'completed' },
      finalize: 'failed',
    },
  ],
])('a run has come to %s with %j', (step, states) => {
  expect(stepReached(tasksOf(states))).toBe(step);
});

test('a run of which all is committed but what it has shown has come to its package', () => {
  expect(stepReached(way.map((type) => ({ type, status: 'completed' })))).toBe('package');
});
