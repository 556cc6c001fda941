import pg from 'pg';
import { CatalogueError } from '../errors/catalogue-error.ts';

const reconnectMs = 1_000;

/**
 * Calls back at every NOTIFY of a channel, on a connection of its own that is opened again where it is lost (then once
 * more: something may have been missed). Rejects with SERVICE_UNAVAILABLE where the first connection fails.
 */
export async function listenOn(
  channel: string,
  onNotify: (payload: string) => void,
  { url, onLost }: { url: string; onLost: (error: unknown) => void },
): Promise<{ close(): Promise<void> }> {
  let closed = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;

  const open = async () => {
    const opened = new pg.Client({ connectionString: url, keepAlive: true, application_name: 'reelmill listen' });
    let lost = false;
    const onEnd = (error?: unknown) => {
      if (lost || closed) return;
      lost = true;
      if (client !== opened) return; // it never was open: `open` itself rejects
      onLost(error);
      reopenLater();
    };
    opened.on('error', onEnd);
    opened.on('end', onEnd);
    opened.on('notification', ({ payload }) => onNotify(payload ?? ''));
    await opened.connect();
    await opened.query(`LISTEN ${channel}`);
    if (closed || lost) {
      await opened.end();
      if (lost) throw new Error('connection lost');
      return;
    }
    client = opened;
  };
  const reopenLater = () => {
    timer = setTimeout(() => {
      open().then(() => onNotify(''), reopenLater);
    }, reconnectMs).unref();
  };

  await open().catch((error: unknown) => {
    throw new CatalogueError('SERVICE_UNAVAILABLE', 'Postgres does not answer', { cause: error });
  });
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
}
