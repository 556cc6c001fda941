/** What programs need of our own environment to start at all: where they and their libraries lie, and which GPU is theirs. */
const passed = [
  ...['PATH', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'SystemRoot'],
  ...['CUDA_VISIBLE_DEVICES', 'NVIDIA_VISIBLE_DEVICES', 'NVIDIA_DRIVER_CAPABILITIES'],
];

/** The environment of a tool: it reads what strangers made, so addresses, passwords and secrets of ours are not in it. */
export function cleanEnvironment(): Record<string, string> {
  // biome-ignore lint/style/noProcessEnv: no setting is read here, only what is handed on
  const ours = process.env;
  const given = passed.flatMap((name) => {
    const value = ours[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(given), LANG: 'C' };
}

/** Where a tool keeps what it wants to keep: in the folder that it has. */
export const homeIn = (folder: string | null): Record<string, string> =>
  folder === null ? {} : { HOME: folder, TMPDIR: folder };
