import { Command } from 'commander';
import { serviceConfig } from './service-config.ts';

export const apiCommand = (): Command =>
  new Command('api')
    .description('Serve the HTTP API, the player page and Bull Board, until SIGTERM.')
    .addHelpText('after', '\nExample:\n  API_PORT=8080 DATABASE_URL=postgres://… REDIS_URL=redis://… reelmill api')
    .action(async () => {
      const config = await serviceConfig('api');
      const { runApi } = await import('../api/main.ts');
      await runApi(config);
    });
