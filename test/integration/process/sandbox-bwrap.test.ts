// needs: bwrap
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { openSandbox } from '../../../src/process/open-sandbox.ts';
import type { Sandbox } from '../../../src/process/sandbox.ts';
import { testFolder } from '../../support/folder.ts';
import { asOrdinaryUser, inside, isGone, isRoot } from '../../support/inside.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox({ mode: 'require' });
});
const atHome = async () => inside(sandbox, await testFolder('bwrap'));

test('it is bubblewrap, and lacks nothing', () => {
  expect(sandbox).toMatchObject({ level: 'bwrap', lacks: null });
});

test('nothing of the machine is there but programs, the source and the folder', async () => {
  const { bash, home, folder } = await atHome();
  const { stdout } = await bash(`
    cd "$2" && cat "$1" && echo
    find / -xdev -type f ! -path '/usr/*' ! -path '/proc/*' 2>/dev/null
    ls -A "$(dirname "$2")" "$(dirname "$1")" /tmp /etc`);
  expect(stdout).toContain('the source');
  expect(stdout).not.toContain('other.bin');
  expect(stdout).not.toContain('run.json');
  expect(stdout).not.toContain('passwd');
  const files = stdout.split('\n').filter((line) => line.startsWith('/') && !line.endsWith(':'));
  expect(files.filter((file) => !file.startsWith(home) && !file.startsWith('/etc/'))).toEqual([]);
  expect(existsSync(folder)).toBe(true);
});

test('it writes in its folder and a small /tmp of its own, and nowhere else', async () => {
  const { bash, home } = await atHome();
  const name = `reelmill-${process.pid}-x`;
  const { stdout } = await bash(`
    for place in / /etc /usr /usr/lib /usr/bin /dev /dev/shm /proc /proc/sys/kernel "$(dirname "$2")" "$(dirname "$1")" "$2" /tmp; do
      touch "$place/${name}" 2>/dev/null && echo "$place"
    done
    echo x 2>/dev/null >> "$1" && echo source
    head -c 20000000 /dev/zero 2>/dev/null > /tmp/fill; stat -c 'size %s' /tmp/fill`);
  const [folder, tmp, size, ...rest] = stdout.trim().split('\n');
  expect([folder?.startsWith(home), tmp, rest]).toEqual([true, '/tmp', []]);
  expect(Number(size?.split(' ')[1])).toBeLessThanOrEqual(2 ** 24);
  expect(existsSync(join(tmpdir(), name))).toBe(false);
});

test('it reaches no socket: not TCP, not by a path, not by an abstract name', async () => {
  const { run, bash, home } = await atHome();
  const name = `reelmill-test-${process.pid}`;
  const reached: string[] = [];
  const listen = async (address: string | number) => {
    const server = createServer((socket) => {
      reached.push(String(address));
      socket.end();
    });
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(address, resolve));
    return server.address();
  };
  const tcp = await listen(0);
  await listen(join(home, 'socket'));
  await listen(`\0${name}`);
  const port = tcp !== null && typeof tcp === 'object' ? tcp.port : 0;
  const connect = `const { connect } = require('node:net');
    for (const address of process.argv.slice(1)) connect(/^\\d+$/.test(address) ? { port: Number(address), host: '127.0.0.1' } : address.replace('@', '\\0'))
      .on('connect', () => console.log('connected', address)).on('error', (error) => console.log(error.code));`;
  const limits = { memoryBytes: 2 ** 36 };
  const { stdout } = await run('node', ['-e', connect, `${port}`, join(home, 'socket'), `@${name}`], { limits });
  expect(stdout.trim().split('\n').sort()).toEqual(['ECONNREFUSED', 'ECONNREFUSED', 'ENOENT']);
  await bash(`! exec 3<>/dev/tcp/192.0.2.1/80`);
  expect(reached).toEqual([]);
});

test('it sees no process of the machine, no environment but its own, and can end nobody', async () => {
  process.env.SECRET_OF_OURS = 'hunter2';
  const { bash } = await atHome();
  const victim = spawn('sleep', ['60']);
  onTestFinished(() => void victim.kill('SIGKILL'));
  const { stdout } = await bash(`
    env; cat /proc/*/environ | tr '\\0' '\\n'
    ls /proc | grep -c '^[0-9]' | sed 's/^/processes /'
    kill -9 ${victim.pid} ${process.pid} 2>/dev/null && echo killed
    grep -E 'NoNewPrivs|CapEff|CapBnd' /proc/self/status
    mknod "$2/disk" b 8 0 2>/dev/null && echo device
    mount -t tmpfs none "$2" 2>/dev/null && echo mounted; true`);
  expect(stdout).not.toMatch(/hunter2|killed|device|mounted/);
  expect(Number(/processes (\d+)/.exec(stdout)?.[1])).toBeLessThan(8);
  expect(stdout).toMatch(/NoNewPrivs:\t1/);
  expect(stdout.match(/Cap\w+:\t0{16}/g)).toHaveLength(2);
  expect(victim.exitCode ?? victim.signalCode).toBe(null);
});

test('what it leaves running ends with it, even in a session of its own', async () => {
  const { bash } = await atHome();
  const seconds = `61.${process.pid}`;
  await bash(`setsid -f sleep ${seconds} < /dev/null > /dev/null 2>&1`);
  expect(await isGone(seconds)).toBe(true);
});

test.runIf(isRoot)('of an ordinary user it holds the same', () => {
  expect(asOrdinaryUser('test/fixtures/inside-as-user.ts', ['bwrap'])).toMatchObject({
    level: 'bwrap',
    stdout: ['copied', expect.stringMatching(/^processes [1-9]$/), 'NoNewPrivs:\t1', ''],
    made: { text: 'the source', uid: 12_345 },
    limited: 'PROCESS_LIMIT',
  });
});
