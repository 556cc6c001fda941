interface Row {
  what: string;
  value: string | number | null;
  goal?: string;
}

export interface BenchResult {
  machine: { cpu: string | undefined; cores: number; node: string; ffmpeg: string };
  commit: string | null;
  known_load: { sandbox: string; burnt_cpu_seconds: number; seen_cpu_seconds: number };
  pipeline: {
    /** Null where the CPU-seconds of tools are not seen. */
    cpu_ratio: number | null;
    wall_ratio: number;
    cpu_seconds: number | null;
    wall_seconds: number;
    one_ffmpeg_cpu_seconds: number;
    queue: 'redis' | 'postgres';
    /** What confined the worker's tools. */
    sandbox: string;
  };
  control: { ratio: number; segments_per_second: number; raw_children_per_second: number; segments: number };
}

/** The result for people: one line a number, with its goal. Pure. */
export function table({ machine, known_load: load, pipeline, control }: BenchResult): string {
  const rows: Row[] = [
    { what: 'pipeline.cpu_ratio', value: pipeline.cpu_ratio, goal: '<= 1.10' },
    { what: 'pipeline.wall_ratio', value: pipeline.wall_ratio, goal: '<= 1.20' },
    { what: 'pipeline CPU-s', value: pipeline.cpu_seconds },
    { what: 'pipeline wall s', value: pipeline.wall_seconds },
    { what: 'one ffmpeg CPU-s', value: pipeline.one_ffmpeg_cpu_seconds },
    { what: 'known load, CPU-s burnt', value: load.burnt_cpu_seconds },
    { what: 'known load, CPU-s seen', value: load.seen_cpu_seconds },
    { what: 'control.ratio', value: control.ratio },
    { what: 'control.segments_per_second', value: control.segments_per_second },
    { what: 'raw flow children/s', value: control.raw_children_per_second },
  ];
  const head = [
    `${machine.cpu ?? 'unknown CPU'}, ${machine.cores} cores, node ${machine.node}, ffmpeg ${machine.ffmpeg}`,
    `sandbox ${pipeline.sandbox}, queue ${pipeline.queue}`,
  ];
  const why = `The CPU-seconds of tools are not seen here, so there is no cpu_ratio: of a load at ${load.sandbox} (tools: ${pipeline.sandbox}) ${load.seen_cpu_seconds} of ${load.burnt_cpu_seconds} were. It needs Linux and python3: see docs/benchmarks.md.`;
  return [
    ...head,
    ...rows.map(({ what, value, goal }) =>
      `${what.padEnd(30)}${String(value ?? '-').padStart(10)}   ${goal ?? ''}`.trimEnd(),
    ),
    ...(pipeline.cpu_ratio === null ? [why] : []),
  ].join('\n');
}
