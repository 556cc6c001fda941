import { Command, CommanderError } from 'commander';
import { announceRefusal } from '../lifecycle.ts';
import { apiCommand } from './api.ts';
import { cancelCommand } from './cancel.ts';
import { doctorCommand } from './doctor.ts';
import { exitCodeFor, exitCodes, isFinalRefusal } from './exit-codes.ts';
import { ingestCommand } from './ingest.ts';
import { keysCommand } from './keys.ts';
import { loginCommand } from './login.ts';
import { migrateCommand } from './migrate.ts';
import { errorWords } from './output.ts';
import { quickstartCommand } from './quickstart.ts';
import { relayCommand } from './relay.ts';
import { retryCommand } from './retry.ts';
import { rmCommand } from './rm.ts';
import { statusCommand } from './status.ts';
import { upCommand } from './up.ts';
import { workerCommand } from './worker.ts';

const exitCodeHelp = `
Exit codes: 0 all ready, 1 a video failed, 2 usage, 3 no device, 4 a service is missing.
Settings come from the environment: .env.example lists them.`;

/** The command `reelmill`. Sets the exit code; a command that goes on (up, api, worker, relay) resolves when it is ready. */
export async function main(argv: string[]): Promise<void> {
  // `reelmill status … | head` closes the pipe early: that is no error of ours
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  try {
    await program().parseAsync(argv);
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) process.stderr.write(`reelmill: ${errorWords(thrown)}\n`);
    if (isFinalRefusal(thrown)) await announceRefusal(errorWords(thrown));
    process.exitCode = exitCodeFor(thrown);
    // what was half open when it failed must not keep the process alive
    if (process.exitCode !== exitCodes.ready) process.exit();
  }
}

/** The tree of commands, without running any. */
export function program(): Command {
  const root = new Command('reelmill')
    .description('Self-hosted video transcoding: any video in, checked adaptive HLS and DASH out.')
    .addHelpText('after', exitCodeHelp)
    .showHelpAfterError('See `reelmill --help`.')
    .exitOverride();
  const commands = [
    ...[
      upCommand(),
      ingestCommand(),
      statusCommand(),
      loginCommand(),
      keysCommand(),
      doctorCommand(),
      migrateCommand(),
    ],
    ...[retryCommand(), cancelCommand(), rmCommand()],
    ...[apiCommand(), relayCommand(), workerCommand()],
  ];
  for (const command of commands) root.addCommand(inherit(root, command));
  root.addCommand(inherit(root, quickstartCommand()), { hidden: true });
  return root;
}

function inherit(parent: Command, command: Command): Command {
  command.copyInheritedSettings(parent);
  for (const inner of command.commands) inherit(command, inner);
  return command;
}
