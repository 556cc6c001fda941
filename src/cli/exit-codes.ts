import { CommanderError } from 'commander';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { HomeInUse } from '../local/home-in-use.ts';

/** What the exit code of every command says. */
export const exitCodes = { ready: 0, videoFailed: 1, usage: 2, noDevice: 3, serviceMissing: 4 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The command was called in a way that cannot work: the words say how to call it. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Nothing answers where a service should be. */
export class ServiceMissing extends Error {
  override name = 'ServiceMissing';
}

/** Pure: whether the same command in the same environment on the same machine will end like this each time. */
export const isFinalRefusal = (thrown: unknown): boolean =>
  thrown instanceof CatalogueError && (thrown.code === 'CONFIG_INVALID' || thrown.code === 'SANDBOX_UNAVAILABLE');

/** Pure: the exit code for whatever a command has thrown. */
export function exitCodeFor(thrown: unknown): ExitCode {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.ready : exitCodes.usage;
  if (thrown instanceof UsageError || thrown instanceof HomeInUse) return exitCodes.usage;
  if (thrown instanceof CatalogueError && thrown.code === 'CONFIG_INVALID' && !('missing' in thrown.facts)) {
    return exitCodes.usage;
  }
  return exitCodes.serviceMissing;
}
