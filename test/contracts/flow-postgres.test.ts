import { queueOnPostgres } from '../support/queue-on-postgres.ts';
import { flowContract } from './flow.ts';

flowContract('Postgres', queueOnPostgres());
