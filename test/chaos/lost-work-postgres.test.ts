import { queueOnPostgres } from '../support/queue-on-postgres.ts';
import { lostWorkTests } from './lost-work.ts';

lostWorkTests('Postgres', queueOnPostgres());
