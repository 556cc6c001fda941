import { Command, InvalidArgumentError } from 'commander';
import { readConfig } from '../config.ts';
import { type QueueName, queueNames, queues } from '../jobs/queues.ts';
import { ServiceMissing } from './exit-codes.ts';
import { serviceConfig } from './service-config.ts';

const cpuQueues = queueNames.filter((name) => queues[name].fleet === 'cpu');

export const workerCommand = (): Command =>
  new Command('worker')
    .description('Work off jobs, until SIGTERM: it hands back what it has begun.')
    .addCommand(
      new Command('cpu')
        .description(`Work off the queues ${cpuQueues.join(', ')}.`)
        .option('--queues <names>', 'only these queues, separated by commas', parseQueues)
        .addHelpText('after', '\nExamples:\n  reelmill worker cpu\n  reelmill worker cpu --queues encode-cpu')
        .action(async ({ queues: only }: { queues?: QueueName[] }) => {
          const config = await serviceConfig('worker');
          const { runCpuWorker } = await import('../workers/cpu/main.ts');
          await runCpuWorker(config, { queues: only });
        }),
    )
    .addCommand(
      new Command('gpu')
        .description('Encode on a GPU. Exit code 3 where none can encode.')
        .addHelpText('after', '\nExample:\n  reelmill worker gpu')
        .action(async () => {
          const { runGpuWorker } = await import('../workers/gpu/main.ts');
          const config = await serviceConfig('worker').catch((error: unknown) => {
            // whether there is a device is asked first, and needs no database
            if (error instanceof ServiceMissing) return readConfig();
            throw error;
          });
          await runGpuWorker(config);
        }),
    );

/** Pure: `a,b` as names of queues that a CPU worker can work off. */
export function parseQueues(text: string): QueueName[] {
  const names = text.split(',').map((name) => name.trim());
  return names.map((name) => {
    const known = cpuQueues.find((queue) => queue === name);
    if (!known) throw new InvalidArgumentError(`"${name}" is none of ${cpuQueues.join(', ')}.`);
    return known;
  });
}
