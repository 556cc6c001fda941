import { Command } from 'commander';
import { serviceConfig } from './service-config.ts';

export const relayCommand = (): Command =>
  new Command('relay')
    .description('Bring what Postgres holds into the queue (outbox, reconciler), until SIGTERM.')
    .addHelpText('after', '\nExample:\n  DATABASE_URL=postgres://… REDIS_URL=redis://… reelmill relay')
    .action(async () => {
      const config = await serviceConfig('relay');
      const { runRelay } = await import('../flows/relay/main.ts');
      await runRelay(config);
    });
