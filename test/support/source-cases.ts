import { expect, test } from 'vitest';
import { type ExactOptions, expectExact, numbersFrom } from './exact.ts';
import type { TestContext } from './job-context.ts';
import { makeSource, type SourceRecipe } from './sources.ts';

/** A source by its property, and what must come out of it. */
export interface SourceCase extends SourceRecipe, Pick<ExactOptions, 'shown' | 'stream' | 'converted' | 'policy'> {
  /** As docs/inputs.md names it. */
  property: string;
  /** Codes of the report beside `remuxed` that are about the file and its times, in order; those about its colours are held elsewhere. */
  warnings?: string[];
  /** Parts that it is encoded in. Default: as many media segments as it has. */
  segments?: number;
  remuxed?: boolean;
}

/** One test a source: every picture, in content and time, to the tick; its warnings; whether it was cut and remuxed. */
export function testSources(context: () => TestContext, cases: readonly SourceCase[]): void {
  test.each(cases.map((source) => [source.property, source] as const))('%s', async (_, source) => {
    const { property, shown, stream, converted, policy, warnings = [], segments, remuxed = false, ...recipe } = source;
    const made = await expectExact(context(), await makeSource(recipe), {
      ...{ shown: shown ?? numbersFrom(0, recipe.frames), stream, converted, policy },
    });
    const codes = [...made.probe.warnings, ...made.plan.warnings].map(({ code }) => code);
    expect(codes.filter((code) => !aboutColour.includes(code))).toEqual([...(remuxed ? ['remuxed'] : []), ...warnings]);
    expect(made.plan.segments).toHaveLength(segments ?? Math.ceil(made.plan.source.durationSeconds / 4 - 0.001));
    expect(made.probe.source.remuxed).toBe(remuxed);
  });
}

const aboutColour = ['colour_assumed', 'colour_converted', 'reduced_to_8_bit_420'];
