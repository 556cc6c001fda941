// Writes .env.example from the settings of src/config.ts: `npm run env-example`. A test fails where the two differ.
import { writeFileSync } from 'node:fs';
import { settings } from '../src/config.ts';

/** Settings whose default differs from machine to machine. */
const ofThisMachine = new Set(['WORKER_SLOTS', 'WORKER_MEMORY_BYTES']);

/** Every setting with its description and default, commented out. */
export function environmentExample(): string {
  const blocks = Object.entries(settings).map(([name, schema]) => {
    const fallback = ofThisMachine.has(name) ? '' : (schema.safeParse(undefined).data ?? '');
    return `# ${schema.description}\n#${name}=${fallback}\n`;
  });
  return [
    '# Settings of Reelmill: copy to .env or set them in the environment. All are optional in local mode.\n',
    ...blocks,
  ].join('\n');
}

if (process.argv[1] === import.meta.filename) writeFileSync('.env.example', environmentExample());
