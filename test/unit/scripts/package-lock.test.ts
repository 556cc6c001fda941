import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Locked {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/** Where Node looks for a package from a place in the tree: its own node_modules, then those above it. */
function* placesOf(name: string, from: string): Generator<string> {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('node_modules/') - 1))) {
    yield `${base ? `${base}/` : ''}node_modules/${name}`;
    if (!base) return;
  }
}

// A registry that lacks the builds of other platforms makes `npm install` leave them out, and then `npm ci` refuses the lock file.
test('the lock file names every package that another one asks for, of whatever platform', () => {
  const { packages }: { packages: Record<string, Locked> } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const missing = Object.entries(packages).flatMap(([place, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => ![...placesOf(name, place)].some((path) => Object.hasOwn(packages, path)))
      .map((name) => `${name} (of ${place || 'this project'})`),
  );
  expect(missing).toEqual([]);
});
