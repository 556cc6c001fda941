import { CommanderError } from 'commander';
import { expect, test, vi } from 'vitest';
import { exitCodeFor, ServiceMissing, UsageError } from '../../../src/cli/exit-codes.ts';
import { program } from '../../../src/cli/main.ts';
import { parseWorkers } from '../../../src/cli/up.ts';
import { parseQueues } from '../../../src/cli/worker.ts';
import { readConfig, requireProductionSettings } from '../../../src/config.ts';
import { HomeInUse } from '../../../src/local/home-in-use.ts';

test('--workers takes cpu=N', () => {
  expect(parseWorkers('cpu=1')).toEqual({ cpu: 1 });
  expect(parseWorkers('cpu=12')).toEqual({ cpu: 12 });
});

test.each(['cpu=0', 'cpu=-1', 'cpu=', '2', 'gpu=1', 'cpu=1.5', 'cpu=1000'])('--workers %s is refused', (text) => {
  expect(() => parseWorkers(text)).toThrow('cpu=N');
});

test('--queues takes names of queues that a CPU worker can work off', () => {
  expect(parseQueues('control, encode-cpu')).toEqual(['control', 'encode-cpu']);
  expect(() => parseQueues('encode-gpu')).toThrow('encode-gpu');
  expect(() => parseQueues('')).toThrow('is none of');
});

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test.each([
  ['a missing service', new ServiceMissing('no API'), 4],
  ['anything that nobody thought of', new Error('boom'), 4],
  ['wrong usage', new UsageError('no such file'), 2],
  ['another one in the same home', new HomeInUse('/home', 1), 2],
  ['a setting that makes no sense', thrownBy(() => readConfig({ API_PORT: 'many' })), 2],
  [
    'production without its services',
    thrownBy(() => requireProductionSettings(readConfig({ NODE_ENV: 'production' }))),
    4,
  ],
  ['a secret that is too short', thrownBy(() => readConfig({ REELMILL_SECRET: 'short' })), 2],
  ['help', new CommanderError(0, 'commander.helpDisplayed', ''), 0],
  ['an unknown option', new CommanderError(1, 'commander.unknownOption', ''), 2],
])('exit code: %s', (_, thrown, code) => {
  expect(exitCodeFor(thrown)).toBe(code);
});

test('every command has a description, and says how it is called', async () => {
  const root = program();
  const shown = root.commands.filter((command) => command.name() !== 'quickstart');
  expect(shown.map((command) => command.name())).toEqual([
    ...['up', 'ingest', 'status', 'login', 'keys', 'doctor', 'migrate'],
    ...['retry', 'cancel', 'rm', 'api', 'relay', 'worker'],
  ]);
  for (const command of shown) expect(command.description()).toMatch(/\.$/);
});

test.each([
  ['nonsense'],
  ['up', '--nonsense'],
  ['up', '--workers', 'cpu=x'],
  ['ingest'],
  ['status', '--wait'],
  ['worker', 'tpu'],
])('wrong usage is an error of commander: %s', async (...words) => {
  const silent = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    await expect(program().parseAsync(words, { from: 'user' })).rejects.toBeInstanceOf(CommanderError);
  } finally {
    silent.mockRestore();
  }
});
