import { Command } from 'commander';
import { createLog } from '../log.ts';
import { createOutput } from './output.ts';
import { databaseConfig } from './service-config.ts';

export const migrateCommand = (): Command =>
  new Command('migrate')
    .description('Bring the tables in DATABASE_URL to this version. Safe to run twice, and by two at once.')
    .option('--json', 'one JSON object on standard output')
    .addHelpText('after', '\nExample:\n  DATABASE_URL=postgres://user:password@host/reelmill reelmill migrate')
    .action(async ({ json = false }: { json?: boolean }) => {
      const config = await databaseConfig();
      const { migrate } = await import('../database/migrate.ts');
      const { applied } = await migrate({
        url: config.DATABASE_URL,
        log: createLog({ level: config.LOG_LEVEL === 'info' ? 'warn' : config.LOG_LEVEL, name: 'migrate' }),
      });
      createOutput(json).result({ applied }, applied.length > 0 ? `applied: ${applied.join(', ')}` : 'up to date');
    });
