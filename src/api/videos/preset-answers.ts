import { z } from 'zod';
import { creatorPlans } from '../../database/creator-plans.ts';
import { policyDocumentSchema } from '../../plan/policy-document.ts';
import type { Operation } from '../operation.ts';
import { time } from './video-answers.ts';

const longestName = 60;
const pattern = /^[a-z0-9][a-z0-9_-]*$/;

/** Of a preset or a policy. */
export const presetName = z
  .string()
  .max(longestName)
  .regex(pattern, 'must be of a-z, 0-9, - and _, and begin with a letter or a digit')
  .meta({ pattern: pattern.source, example: 'house' });

const document = policyDocumentSchema.meta({ id: 'PolicyDefinition' });

const made = {
  built_in: z.boolean().meta({ description: 'Comes with the product, and stays as it is.' }),
  created_at: time.nullable().meta({ description: 'Null of what comes with the product.' }),
  updated_at: time.nullable(),
};

export const policySchema = z
  .object({
    name: presetName,
    definition: document.meta({ description: 'All of it, and what was left out.' }),
    ...made,
  })
  .meta({ id: 'Policy' });

export const presetBody = z.strictObject({
  policy: presetName,
  description: z.string().max(200).default(''),
  plans: z
    .array(z.enum(creatorPlans))
    .max(creatorPlans.length)
    .default([])
    .meta({ description: 'Of creators that may choose it; empty: all.' }),
});

export const presetSchema = z
  .object({ name: presetName, ...presetBody.shape, ...made })
  .meta({ id: 'Preset', description: 'The name under which an upload chooses a policy.' });

const policies = z.object({ policies: z.array(policySchema) }).meta({ id: 'Policies' });
const presets = z.object({ presets: z.array(presetSchema) }).meta({ id: 'Presets' });

const read = { tag: 'Presets', access: ['videos:read', 'operate', 'admin'], method: 'get' } as const;
const change = { tag: 'Presets', access: 'admin' } as const;
const one = { parameters: { name: 'Its name.' } };
const replaced = (body: z.ZodType) => ({
  200: { description: 'It was there, and is as sent now.', body },
  201: { description: 'It is new.', body },
});
const gone = { 204: { description: 'It is gone. Videos keep the policy that they were made with.' } };

export const presetOperations: Operation[] = [
  {
    ...{ ...read, path: '/api/v1/presets', id: 'listPresets' },
    summary: 'The presets that uploads with this key may name; with the scope operate or admin all of them',
    answers: { 200: { description: 'Those of the product first, then by name.', body: presets } },
  },
  {
    ...{ ...read, ...one, path: '/api/v1/presets/{name}', id: 'getPreset', summary: 'A preset' },
    answers: { 200: { description: 'The preset.', body: presetSchema } },
  },
  {
    ...{ ...change, ...one, method: 'put', path: '/api/v1/presets/{name}', id: 'putPreset' },
    summary: 'Makes a preset, or replaces it; uploads that have begun are not changed',
    body: presetBody.meta({ id: 'NewPreset' }),
    answers: replaced(presetSchema),
    codes: ['PRESET_CONFLICT', 'PRESET_UNKNOWN'],
  },
  {
    ...{ ...change, ...one, method: 'delete', path: '/api/v1/presets/{name}', id: 'removePreset' },
    summary: 'Removes a preset',
    answers: gone,
    codes: ['PRESET_CONFLICT'],
  },
  {
    ...{ ...read, path: '/api/v1/policies', id: 'listPolicies' },
    summary:
      'The policies of the presets that uploads with this key may name; with the scope operate or admin all of them',
    answers: { 200: { description: 'Those of the product first, then by name.', body: policies } },
  },
  {
    ...{ ...read, ...one, path: '/api/v1/policies/{name}', id: 'getPolicy', summary: 'A policy' },
    answers: { 200: { description: 'The policy.', body: policySchema } },
  },
  {
    ...{ ...change, ...one, method: 'put', path: '/api/v1/policies/{name}', id: 'putPolicy' },
    summary: 'Makes a policy, or replaces it; videos that there are keep the one that they were made with',
    body: document,
    answers: replaced(policySchema),
    codes: ['PRESET_CONFLICT'],
  },
  {
    ...{ ...change, ...one, method: 'delete', path: '/api/v1/policies/{name}', id: 'removePolicy' },
    summary: 'Removes a policy that no preset names',
    answers: gone,
    codes: ['PRESET_CONFLICT'],
  },
];
