import { spawn } from 'node:child_process';
import { bootstrap, root } from './bootstrap.mjs';

bootstrap({ tools: ['redis-server', 'ffmpeg'] });

const bench = spawn(process.execPath, ['--import', 'tsx', 'bench/main.ts', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
// the terminal sends Ctrl-C to both of us: it ends first, and we with it
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => bench.kill(signal));
bench.on('exit', (code) => process.exit(code ?? 1));
