import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { presetBody } from '../../../src/api/videos/preset-answers.ts';
import { ladderStepSchema } from '../../../src/plan/ladder-step.ts';
import { policyDocumentSchema } from '../../../src/plan/policy-document.ts';

const page = readFileSync('docs/presets.md', 'utf8');

test('every field of a policy stands in docs/presets.md, and of a rung', () => {
  const whole = policyDocumentSchema.parse({});
  const named = [...Object.keys(whole), ...Object.keys(whole.audio), ...Object.keys(whole.thumbnails)];
  const missing = [...named, ...Object.keys(ladderStepSchema.shape)].filter((field) => !page.includes(`\`${field}\``));
  expect(missing).toEqual([]);
});

test('its examples are taken as they stand: a ladder, CBR and VBR', () => {
  const examples = [...page.matchAll(/```json\n([^`]*)```/g)].map(([, text = '']) => JSON.parse(text));
  const modes = examples.map((example) => policyDocumentSchema.parse(example).rate_control.mode);
  expect(modes).toEqual(['crf', 'cbr', 'vbr']);
  const [, preset = ''] = /--data '(\{.*\})'/.exec(page) ?? [];
  expect(presetBody.parse(JSON.parse(preset))).toMatchObject({ policy: 'house' });
});
