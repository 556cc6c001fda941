import { inject } from 'vitest';
import { cloneDatabase, dropDatabase, emptyDatabase } from './postgres-databases.ts';

export interface TestDatabase {
  url: string;
  /** Removes it, whoever is still connected. */
  drop(): Promise<void>;
}

/**
 * A migrated database for one test file, in milliseconds: on TEST_DATABASE_URL (a superuser's) where it is set, else on
 * the Postgres of this test run. Drop it in `afterAll`.
 */
export const testDatabase = (): Promise<TestDatabase> => make(cloneDatabase);

/** As `testDatabase`, without any table. */
export const unmigratedDatabase = (): Promise<TestDatabase> => make(emptyDatabase);

async function make(create: (server: string) => Promise<string>): Promise<TestDatabase> {
  const server = await serverUrl();
  const url = await create(server);
  return { url, drop: () => dropDatabase(server, url) };
}

let known: Promise<string> | undefined;

function serverUrl(): Promise<string> {
  known ??= process.env.TEST_DATABASE_URL ? Promise.resolve(process.env.TEST_DATABASE_URL) : askBroker();
  return known;
}

async function askBroker(): Promise<string> {
  const answer = await fetch(inject('postgresBroker'));
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}
