/** A span without pictures, or without sound: seconds. */
export interface Hole {
  from: number;
  to: number;
}

/** `between 2.8 and 3.8 s, at 7.2 s, …`: the first five. */
export function sayHoles(holes: readonly Hole[]): string {
  const said = holes.slice(0, 5).map(({ from, to }) => {
    const [a, b] = [from.toFixed(1), to.toFixed(1)];
    return a === b ? `at ${a} s` : `between ${a} and ${b} s`;
  });
  return [...said, ...(holes.length > said.length ? [`${holes.length - said.length} more`] : [])].join(', ');
}
