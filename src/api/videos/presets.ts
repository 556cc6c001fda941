import { Router } from 'express';
import type { ApiKeyOwner } from '../../database/api-keys.ts';
import { builtIn, type PresetRow } from '../../database/presets.ts';
import { callerOf } from '../access/auth.ts';
import type { ApiServices } from '../services.ts';
import { named } from './named.ts';
import { presetBody, presetName } from './preset-answers.ts';

/** Presets: what uploads may name. */
export function presetRoutes({ database: { presets } }: Pick<ApiServices, 'database'>): Router {
  const seenBy = async (caller: ApiKeyOwner) => (await presets.presets()).filter((preset) => mayUse(caller, preset));

  return Router()
    .get('/', async (_request, response) => {
      response.json({ presets: (await seenBy(callerOf(response))).map(presetBodyOf) });
    })
    .get('/:name', async (request, response) => {
      response.json(presetBodyOf(named('preset', request.params.name, await seenBy(callerOf(response)))));
    })
    .put('/:name', async (request, response) => {
      const name = presetName.parse(request.params.name);
      const created = await presets.putPreset({ name, ...presetBody.parse(request.body) });
      response.status(created ? 201 : 200).json(presetBodyOf(named('preset', name, await presets.presets())));
    })
    .delete('/:name', async (request, response) => {
      const { name } = request.params;
      // What can be no name is asked of nobody.
      if (!presetName.safeParse(name).success || !(await presets.removePreset(name))) named('preset', name, []);
      response.status(204).end();
    });
}

/** Operators see all; others what an upload of theirs may name. Pure. */
export const mayUse = (
  { scopes, plan }: Pick<ApiKeyOwner, 'scopes' | 'plan'>,
  { plans }: Pick<PresetRow, 'plans'>,
): boolean => seesAll(scopes) || plans.length === 0 || plans.includes(plan);

export const seesAll = (scopes: ApiKeyOwner['scopes']): boolean =>
  scopes.includes('operate') || scopes.includes('admin');

const presetBodyOf = ({ name, policy, description, plans, createdAt, updatedAt }: PresetRow) => ({
  name,
  policy,
  description,
  plans,
  built_in: name === builtIn,
  created_at: createdAt?.toISOString() ?? null,
  updated_at: updatedAt?.toISOString() ?? null,
});
