import { planTasks } from '../../src/plan/task-specs.ts';
import { probeOf } from './plan-inputs.ts';
import { smallPlan } from './small-plan.ts';
import type { StandIns } from './stand-in-jobs.ts';

/** What happened, in order: `encode.h264.0000.all` when it was worked on, with ` again` where it was committed before. */
export type Diary = string[];

/**
 * Handlers that go the whole way without media: each takes its task and commits it, split plans `segments` encodes, and what each
 * did is written down. Package and finalize note the tasks that were missing when they began.
 */
export function standInWay(segments: number, diary: Diary = []): Required<StandIns> & { diary: Diary } {
  const plan = smallPlan(segments);
  const make = (name: string): NonNullable<StandIns['probe']> =>
    async function makeStep({ payload, tasks }) {
      const task = await tasks.take({ ...payload, name });
      diary.push(task.committed ? `${name} again` : name);
      if (!task.committed) await tasks.commit(task, []);
    };
  return {
    diary,
    async probe({ payload, tasks }) {
      const task = await tasks.take({ ...payload, name: 'probe' });
      diary.push(task.committed ? 'probe again' : 'probe');
      if (!task.committed) await tasks.commitProbe(task, [], probeOf());
    },
    async split({ payload, tasks, tree }) {
      const task = await tasks.take({ ...payload, name: 'split' });
      diary.push(task.committed ? 'split again' : 'split');
      if (task.committed) return;
      await tasks.savePlan(task, plan, planTasks({ key: plan.source.key, bytes: 1_000, etag: 'abc' }, plan, '5.1'));
      await tree.fanOut(payload, plan);
      await tasks.commit(task, []);
    },
    async encode({ payload, tasks }) {
      const task = await tasks.take(payload);
      diary.push(task.committed ? `${payload.name} again` : payload.name);
      if (!task.committed) await tasks.commit(task, []);
    },
    audio: make('audio'),
    thumbnails: make('thumbnails'),
    async package({ payload, tasks }) {
      const task = await tasks.take({ ...payload, name: 'package' });
      const missing = await tasks.missing(payload.runId);
      diary.push(`package, missing ${missing.filter((name) => /encode|audio|split/.test(name)).length}`);
      if (!task.committed) await tasks.commit(task, []);
    },
    async finalize({ payload, tasks }) {
      const task = await tasks.take({ ...payload, name: 'finalize' });
      const missing = await tasks.missing(payload.runId);
      diary.push(`finalize, missing ${missing.filter((name) => name !== 'finalize').length}`);
      await tasks.commitReady(task, { hlsKey: 'a', dashKey: 'b', posterKey: 'c', thumbnailsKey: null, warnings: [] });
    },
  };
}
