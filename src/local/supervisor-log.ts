import { join } from 'node:path';
import { pino } from 'pino';
import type { Logger } from '../log.ts';
import type { Home } from './home.ts';

/** The supervisor's own log: logs/reelmill.log in the home, so that the terminal stays readable. */
export const supervisorLog = (home: Home, level: string): Logger =>
  pino(
    { level, base: { name: 'reelmill', pid: process.pid } },
    pino.destination({ dest: join(home.logs, 'reelmill.log'), sync: true, mode: 0o600 }),
  );
