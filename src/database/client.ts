import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Logger } from '../log.ts';
import { PrismaClient } from './generated/client.ts';
import { isConflict, serviceError } from './service-errors.ts';

/** Runs one statement and gives its rows. Its text must be one of few: it is prepared once per connection. */
export type Sql = <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>;

const mostConnections = 8;
const connectTimeoutMs = 5_000;
/** Longer than any statement of ours takes: what hangs is told, and tried again by whoever asked. */
const statementTimeoutMs = 30_000;
const mostConflicts = 5;

export type Client = ReturnType<typeof connect>;

/** One pool for Prisma and for our own SQL. Every rejection of a lost or missing Postgres is SERVICE_UNAVAILABLE. */
export function connect({ url, log }: { url: string; log: Logger }) {
  const pool = new pg.Pool({
    connectionString: url,
    max: mostConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + connectTimeoutMs,
    keepAlive: true,
    application_name: 'reelmill',
  });
  // Without a listener the process would end when Postgres restarts: an idle connection's error has nobody to reject.
  pool.on('error', (error) => log.warn({ err: error }, 'an idle connection to Postgres was lost'));
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) }).$extends({
    query: {
      $allOperations: ({ args, query }) =>
        query(args).catch((error: unknown) => {
          throw serviceError(error);
        }),
    },
  });

  return {
    pool,
    prisma,
    sql: sqlOf(pool),
    /** All of it or nothing; run again where it stood in another transaction's way, so `work` must have no other effects. */
    async transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
      for (let tries = 1; ; tries += 1) {
        try {
          return await oneTransaction(pool, work);
        } catch (error) {
          if (!isConflict(error) || tries === mostConflicts) throw error;
        }
      }
    },
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

const oneTransaction = <T>(pool: pg.Pool, work: (sql: Sql) => Promise<T>): Promise<T> =>
  withConnection(pool, async (client) => {
    await client.query('BEGIN');
    const result = await work(sqlOf(client));
    await client.query('COMMIT');
    return result;
  });

/** One connection for several statements. Where `work` rejects, what it has begun is rolled back. */
export async function withConnection<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw new CatalogueError('SERVICE_UNAVAILABLE', 'Postgres does not answer', { cause: error });
  });
  let broken = false;
  // The pool listens to idle connections only: one that is lost between two statements would end the process.
  const onError = () => {
    broken = true;
  };
  client.on('error', onError);
  try {
    return await work(client);
  } catch (error) {
    await client.query('ROLLBACK').catch(onError);
    throw serviceError(error);
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** A statement runner over a pool or one connection. */
export const sqlOf =
  (runner: pg.Pool | pg.PoolClient): Sql =>
  async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) => {
    try {
      const { rows } = await runner.query<Row>({ name: statementName(text), text, values });
      return rows;
    } catch (error) {
      throw serviceError(error);
    }
  };

const names = new Map<string, string>();

function statementName(text: string): string {
  const name = names.get(text) ?? `s${names.size}`;
  names.set(text, name);
  return name;
}
