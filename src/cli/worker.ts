import { Command, InvalidArgumentError } from 'commander';
import { type QueueName, queueNames, queues } from '../jobs/queues.ts';
import { exitCodes } from './exit-codes.ts';
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
          const config = await serviceConfig();
          const { runCpuWorker } = await import('../workers/cpu/main.ts');
          await runCpuWorker(config, { queues: only });
        }),
    )
    .addCommand(
      new Command('gpu').description('Encode on a GPU. This version has no GPU encoders yet.').action(() => {
        process.stderr.write('reelmill: no device: this version encodes on CPUs only (reelmill worker cpu)\n');
        process.exitCode = exitCodes.noDevice;
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
