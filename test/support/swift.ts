// needs: swift
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';

/** An S3 server of one test file's own; it checks signatures. */
export interface Swift {
  url: string;
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
  /** A client with its credentials: for what the product never does. */
  client: S3Client;
  /** What the processes of the product find their credentials in. */
  environment: { AWS_ACCESS_KEY_ID: string; AWS_SECRET_ACCESS_KEY: string };
  /** Makes a bucket of a name that no other has. */
  bucket(): Promise<string>;
  /** Ends the server and removes its folder; again: no-op. */
  stop(): Promise<void>;
}

const launcher = fileURLToPath(new URL('./swift-server.py', import.meta.url));

/** Starts a private Swift (free loopback port, temp folder), ready in a second or two. Call `stop` in `afterAll`. */
export async function startSwift(): Promise<Swift> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'; // as bin/reelmill.js has it
  const folder = await mkdtemp(join(tmpdir(), 'reelmill-swift-'));
  const credentials = {
    accessKeyId: 'AKIDREELMILLTEST',
    secretAccessKey: `${randomBytes(16).toString('hex')} of tests/with+signs=`,
  };
  // Debian's own python: another one on PATH does not see its packages.
  const server = spawn('/usr/bin/python3', [launcher, folder, credentials.accessKeyId], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  server.stdin.on('error', () => undefined); // it has ended, which `untilReady` tells
  server.stdin.end(credentials.secretAccessKey); // every user of the machine can read what a command line holds
  const killAtExit = () => {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', killAtExit);
  const url = await untilReady(server);
  const region = 'us-east-1';
  const client = new S3Client({ endpoint: url, region, credentials, forcePathStyle: true });
  let buckets = 0;

  return {
    url,
    ...credentials,
    region,
    client,
    environment: {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    async bucket() {
      const Bucket = `bucket-${++buckets}`;
      await client.send(new CreateBucketCommand({ Bucket }));
      return Bucket;
    },
    async stop() {
      process.off('exit', killAtExit);
      client.destroy();
      if (server.exitCode === null && server.signalCode === null) {
        const ended = new Promise((resolve) => server.once('exit', resolve));
        server.kill('SIGTERM');
        await ended;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function untilReady(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new Error('Swift cannot be started', { cause: error })));
    server.once('exit', (code, signal) => reject(new Error(`Swift ended with ${code ?? signal}`)));
    if (!server.stdout) return reject(new Error('Swift has no standard output'));
    createInterface({ input: server.stdout }).on('line', (line) => {
      const [, url] = /^ready (\S+)$/.exec(line) ?? [];
      if (url) resolve(url);
    });
  });
}
