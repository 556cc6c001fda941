import { expect, test } from 'vitest';
import { type Branch, fanOut } from '../../../src/flows/fan-out.ts';
import type { FlowNode } from '../../../src/flows/flow-node.ts';
import { priorityOf } from '../../../src/flows/priority.ts';
import { skeleton } from '../../../src/flows/skeleton.ts';
import { planTasks } from '../../../src/plan/task-specs.ts';
import { smallPlan } from '../../support/small-plan.ts';
import { standInJobs } from '../../support/stand-in-jobs.ts';

const jobs = standInJobs();
const run = { videoId: 'vid_a', runId: 'run_b' };
const ordering = { priority: 'normal' as const, backlog: 0 };

const shape = (node: FlowNode): unknown => [
  node.opts.jobId,
  node.queueName,
  node.opts.priority,
  ...(node.children ?? []).map(shape),
];
const branch = ({ parent, node }: Branch) => [parent, node.opts.jobId, node.queueName, node.opts.priority];

test('the skeleton is finalize <- package <- split <- probe', () => {
  const begin = priorityOf('normal', 40);
  const end = priorityOf('normal', 0);
  expect(shape(skeleton(jobs, run, { ...ordering, backlog: 40 }))).toEqual([
    'vid_a.run_b.finalize',
    'control',
    end,
    [
      'vid_a.run_b.package',
      'media',
      end,
      ['vid_a.run_b.split', 'control', begin, ['vid_a.run_b.probe', 'media', begin]],
    ],
  ]);
});

test('a plan adds encodes and audio under package and thumbnails under finalize', () => {
  const plan = smallPlan(2);
  const uncommitted = new Set(['encode.h264.0000.all', 'encode.h264.0001.all', 'audio', 'thumbnails', 'package']);
  // 12 open encodes of this creator, of which 2 are this run's
  const front = priorityOf('normal', 10);
  expect(fanOut(jobs, run, plan, { uncommitted, ordering: { ...ordering, backlog: 12 } }).map(branch)).toEqual([
    ['package', 'vid_a.run_b.encode.h264.0000.all', 'encode-cpu', front],
    ['package', 'vid_a.run_b.encode.h264.0001.all', 'encode-cpu', front + 1],
    ['package', 'vid_a.run_b.audio', 'media', front],
    ['finalize', 'vid_a.run_b.thumbnails', 'media', front],
  ]);
});

test('what is committed is not added again', () => {
  const uncommitted = new Set(['encode.h264.0001.all', 'package', 'finalize']);
  const added = fanOut(jobs, run, smallPlan(2), { uncommitted, ordering });
  expect(added.map(({ node }) => node.opts.jobId)).toEqual(['vid_a.run_b.encode.h264.0001.all']);
});

test('a silent source has no audio job', () => {
  const uncommitted = new Set(['encode.h264.0000.all', 'audio', 'thumbnails']);
  const added = fanOut(jobs, run, smallPlan(1, { audio: false }), { uncommitted, ordering });
  expect(added.map(({ node }) => node.name)).toEqual(['encode', 'thumbnails']);
});

test('every task that a plan has a row for gets a job of just that name', () => {
  const plan = smallPlan(3);
  const names = planTasks({ key: 'k', bytes: 1, etag: 'e' }, plan, '5.1').map(({ name }) => name);
  const added = fanOut(jobs, run, plan, { uncommitted: new Set(names), ordering });
  expect(added.map(({ node }) => node.opts.jobId).sort()).toEqual(names.map((name) => `vid_a.run_b.${name}`).sort());
});
