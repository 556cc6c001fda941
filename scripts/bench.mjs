import { spawn, spawnSync } from 'node:child_process';
import { bootstrap, root } from './bootstrap.mjs';

bootstrap({ tools: ['redis-server', 'ffmpeg'] });

// Above it, so that the CPU time of tools in their sandboxes is counted; without it the bench finds that it is not, and says so.
const reaper = ['python3', 'bench/reap-orphans.py'];
const isCounted = process.platform === 'linux' && spawnSync(reaper[0], ['-c', 'import ctypes']).status === 0;
const [program, ...args] = [...(isCounted ? reaper : []), process.execPath, '--import', 'tsx', 'bench/main.ts'];

const bench = spawn(program, [...args, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
// the terminal sends Ctrl-C to both of us: it ends first, and we with it
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => bench.kill(signal));
bench.on('exit', (code) => process.exit(code ?? 1));
