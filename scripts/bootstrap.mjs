import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { debianPackages, installDebian } from './debian.mjs';
import { repairInstalled } from './repair-installed.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));
const leastNode = [20, 19];

/**
 * What every entry does first, on a fresh clone or later: Node's version, the npm packages (when missing, or older than the
 * lock file), the generated database client, and, where REELMILL_INSTALL=1 allows it, the system packages of `tools`. Says little, on
 * standard error; ends the process with words where it cannot go on.
 */
export function bootstrap({ tools = [] } = {}) {
  checkNode(process.versions.node);
  if (installIsStale()) {
    say('installing the npm packages (npm ci) …');
    // Without install scripts: where one fails (no `chmod` on PATH) npm drops its package without a word. What they do is done below.
    runQuietly('npm ci failed', npm(['ci', '--no-audit', '--no-fund', '--ignore-scripts']));
    mkdirSync(join(root, 'node_modules'), { recursive: true });
    writeFileSync(stampFile(), stamp());
  }
  repairInstalled();
  if (clientIsStale()) {
    runQuietly('generating the database client failed', [process.execPath, 'scripts/generate-prisma-client.mjs']);
  }
  if (tools.length > 0) installTools(tools);
}

/** Ends the process where Node is too old for what follows. */
export function checkNode(version) {
  if (isNewEnough(version)) return;
  say(
    `Reelmill needs Node ${leastNode.join('.')} or newer; this is ${version}. Get it from https://nodejs.org or with nvm.`,
  );
  process.exit(4);
}

/** Pure. */
export function isNewEnough(version, least = leastNode) {
  const [major, minor] = version.split('.').map(Number);
  return major > least[0] || (major === least[0] && minor >= least[1]);
}

export const say = (words) => void process.stderr.write(`${words}\n`);

const stampFile = () => join(root, 'node_modules', '.reelmill-installed');
/** What an installation depends on: the lock file, and the Node that its packages were installed for. */
const stamp = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(`${process.platform} ${process.arch} ${process.versions.modules}`)
    .digest('hex');

function installIsStale() {
  if (!existsSync(join(root, 'node_modules'))) return true;
  if (existsSync(stampFile())) return readFileSync(stampFile(), 'utf8') !== stamp();
  // installed by hand (`npm ci`): npm's own list is as new as the lock file where both name the same packages
  return !installedAsLocked();
}

function installedAsLocked() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const present = packagesOf(installed);
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(
    ([path, wanted]) => path === '' || wanted.optional || wanted.peer || present[path]?.version === wanted.version,
  );
}

/** Made by postinstall; not so under `npm ci --ignore-scripts`, nor after a `git pull` that brings a new schema. */
function clientIsStale() {
  const client = join(root, 'src/database/generated/client.ts');
  return !existsSync(client) || statSync(client).mtimeMs < statSync(join(root, 'prisma/schema.prisma')).mtimeMs;
}

function installTools(tools) {
  const packages = debianPackages(tools, process.env.PATH);
  if (packages.length === 0 || process.env.REELMILL_INSTALL !== '1') return;
  const refusal = installDebian(packages, (words, command) => {
    if (words) say(words);
    runQuietly(`${command.join(' ')} failed`, command);
  });
  if (refusal) say(refusal);
}

/** Runs a command without a word, and shows all that it said where it fails. */
function runQuietly(failure, [program, ...args]) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const done = spawnSync(program, args, { cwd: root, env, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (done.status === 0) return;
  say(`${done.stdout ?? ''}${done.stderr ?? ''}${done.error ? `${done.error.message}\n` : ''}${failure}`);
  process.exit(4);
}

/** npm as the one that runs us, else the one on PATH. */
function npm(args) {
  const running = process.env.npm_execpath;
  return running?.endsWith('.js') ? [process.execPath, running, ...args] : ['npm', ...args];
}
