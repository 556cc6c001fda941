import { S3Client } from '@aws-sdk/client-s3';
import type { S3Location } from './s3-location.ts';

/** How long S3 may be silent, and how often it is asked. */
export interface S3Patience {
  /** To open a connection, ms. */
  connectMs: number;
  /** Without a byte in either direction while something is awaited, ms: longer, and the connection is given up. */
  idleMs: number;
  /** Of one request, the first included; in between waits the SDK's standard mode: doubling from 100 ms, with full jitter. */
  attempts: number;
}

export const standardPatience: S3Patience = { connectMs: 5_000, idleMs: 30_000, attempts: 5 };

/** Connections of a process at a time. The SDK's 50 are few where each viewer who pauses holds one. */
const mostConnections = 1_000;

export type S3Clients = ReturnType<typeof createS3Clients>;

/**
 * The clients of one place. Credentials come by the SDK's own chain: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, profiles, the roles of
 * containers and machines. `reads` has no idle time-out of its own, because who reads may be slow: `openBody` watches the bodies.
 */
export function createS3Clients(location: S3Location, { connectMs, idleMs, attempts }: S3Patience) {
  const agent = { keepAlive: true, maxSockets: mostConnections };
  const create = (endpoint: string | undefined, requestHandler: object) =>
    new S3Client({
      endpoint,
      region: location.region,
      forcePathStyle: location.pathStyle,
      // The SDK's own checksums: it would sign the CRC32 of an empty body into part URLs, and other vendors refuse the headers.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      retryMode: 'standard',
      maxAttempts: attempts,
      requestHandler: { connectionTimeout: connectMs, httpAgent: agent, httpsAgent: agent, ...requestHandler },
    });
  return {
    requests: create(location.endpoint, { socketTimeout: idleMs }),
    reads: create(location.endpoint, { requestTimeout: idleMs, throwOnRequestTimeout: true, socketTimeout: 0 }),
    /** Sends nothing: it only signs URLs. */
    signer: create(location.publicEndpoint ?? location.endpoint, {}),
  };
}
