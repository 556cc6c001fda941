interface Row {
  what: string;
  value: string | number;
  goal: string;
}

interface BenchResult {
  machine: { cpu: string | undefined; cores: number; node: string; ffmpeg: string };
  pipeline: {
    cpu_ratio: number;
    wall_ratio: number;
    cpu_seconds: number;
    wall_seconds: number;
    one_ffmpeg_cpu_seconds: number;
  };
  control: { ratio: number; segments_per_second: number; raw_children_per_second: number };
}

/** The result for people: one line a number, with its goal. */
export function table({ machine, pipeline, control }: BenchResult): string {
  const rows: Row[] = [
    { what: 'pipeline.cpu_ratio', value: pipeline.cpu_ratio, goal: '<= 1.10' },
    { what: 'pipeline.wall_ratio', value: pipeline.wall_ratio, goal: '<= 1.20' },
    { what: 'pipeline CPU-s', value: pipeline.cpu_seconds, goal: '' },
    { what: 'pipeline wall s', value: pipeline.wall_seconds, goal: '' },
    { what: 'one ffmpeg CPU-s', value: pipeline.one_ffmpeg_cpu_seconds, goal: '' },
    { what: 'control.ratio', value: control.ratio, goal: '' },
    { what: 'control.segments_per_second', value: control.segments_per_second, goal: '' },
    { what: 'raw flow children/s', value: control.raw_children_per_second, goal: '' },
  ];
  const head = `${machine.cpu ?? 'unknown CPU'}, ${machine.cores} cores, node ${machine.node}, ffmpeg ${machine.ffmpeg}`;
  return [
    head,
    ...rows.map(({ what, value, goal }) => `${what.padEnd(30)}${String(value).padStart(10)}   ${goal}`),
  ].join('\n');
}
