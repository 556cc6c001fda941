import { bootstrap } from './bootstrap.mjs';

bootstrap({ tools: ['redis-server', 'ffmpeg', 'bwrap'] });

// in this very process: one less that Ctrl-C has to reach
const [node, , ...args] = process.argv;
process.argv = [node, 'reelmill', 'quickstart', ...args];
await import('../bin/reelmill.js');
