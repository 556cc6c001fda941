// The layers of ARCHITECTURE.md. Each rule is proven by test/unit/layers.test.ts, which breaks it on purpose.

const below = ['jobs', 'ffmpeg', 'packaging', 'quality', 'plan', 'process'];
const ground = ['errors', 'words', 'log.ts', 'ids.ts', 'config.ts', 'lifecycle.ts'];

/** Folders of src/ that a layer may import from; anything else in src/ is forbidden to it. */
const layers = {
  plan: ['plan', 'errors', 'words'],
  process: ['process', 'errors', 'words', 'log.ts'],
  ffmpeg: ['ffmpeg', 'packaging', 'quality', 'plan', 'process', 'errors', 'words', 'log.ts'],
  packaging: ['ffmpeg', 'packaging', 'quality', 'plan', 'process', 'errors', 'words', 'log.ts'],
  quality: ['ffmpeg', 'packaging', 'quality', 'plan', 'process', 'errors', 'words', 'log.ts'],
  jobs: [
    'jobs',
    'ffmpeg',
    'packaging',
    'quality',
    'plan',
    'storage/storage.ts',
    'storage/keys.ts',
    'errors',
    'words',
    'log.ts',
  ],
  storage: ['storage', 'jobs/services.ts', 'errors', 'words', 'log.ts', 'ids.ts', 'config.ts'],
  database: ['database', 'jobs/services.ts', 'plan', 'storage/keys.ts', 'errors', 'words', 'log.ts', 'ids.ts'],
  workers: ['workers', ...below, 'flows', 'database', 'storage', ...ground],
  ingest: ['ingest', 'errors'],
  api: [
    'api',
    'ingest/ingest-url.ts',
    'flows',
    'jobs',
    'ffmpeg/sniff-source.ts',
    'plan',
    'database',
    'storage',
    ...ground,
  ],
  local: ['local', ...below, 'flows', 'database', 'storage', ...ground],
  flows: [
    'flows',
    'jobs',
    'ingest',
    'plan',
    'database',
    'storage',
    'errors',
    'words',
    'log.ts',
    'ids.ts',
    'config.ts',
    'lifecycle.ts',
  ],
};

const layerRules = Object.entries(layers).map(([layer, allowed]) => ({
  name: `layer-${layer}`,
  severity: 'error',
  comment: `src/${layer}/ imports from ${allowed.join(', ')} only`,
  from: { path: `^src/${layer}/` },
  to: {
    path: '^src/',
    pathNot: allowed.map((name) => `^src/${name.replace('.', '\\.')}${name.endsWith('.ts') ? '$' : '/'}`),
  },
}));

/** A package (or builtin) that only some places may import. */
const only = (name, packages, places) => ({
  name: `only-${name}`,
  severity: 'error',
  comment: `${packages} is imported in ${places.join(', ')} only`,
  from: { path: '^src/', pathNot: places.map((place) => `^src/${place}`) },
  to: { path: packages },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: 'src/database/generated' },
    },
    { name: 'src-not-test', severity: 'error', from: { path: '^src/' }, to: { path: '^(test|bench|scripts)/' } },
    {
      name: 'no-dev-package-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'] },
    },
    ...layerRules,
    only('bullmq', 'node_modules/bullmq/', ['flows/', 'workers/', 'jobs/queues\\.ts$', 'api/service/board']),
    only('ioredis', 'node_modules/ioredis/', ['flows/', 'local/']),
    only('aws-sdk', 'node_modules/@(aws-sdk|smithy)/', ['storage/s3-']),
    only('prisma', 'node_modules/@prisma/', ['database/']),
    only('pg', 'node_modules/(@types/)?pg/', ['database/', 'flows/connect-', 'local/']),
    only('express', 'node_modules/(@types/)?express/', ['api/']),
    only('processes', '^(node:)?child_process$|node_modules/execa/', ['process/run-process\\.ts$', 'local/']),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'src/database/generated' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
  },
};
