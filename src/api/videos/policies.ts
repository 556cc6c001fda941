import { Router } from 'express';
import type { ApiKeyOwner } from '../../database/api-keys.ts';
import { builtIn, type PolicyRow } from '../../database/presets.ts';
import { policyDocumentSchema } from '../../plan/policy-document.ts';
import { callerOf } from '../access/auth.ts';
import type { ApiServices } from '../services.ts';
import { named } from './named.ts';
import { presetName } from './preset-answers.ts';
import { mayUse, seesAll } from './presets.ts';

/** Policies: what is made of a video, as presets name it. */
export function policyRoutes({ database: { presets } }: Pick<ApiServices, 'database'>): Router {
  return Router()
    .get('/', async (_request, response) => {
      response.json({ policies: (await seenBy(callerOf(response))).map(policyBody) });
    })
    .get('/:name', async (request, response) => {
      response.json(policyBody(named('policy', request.params.name, await seenBy(callerOf(response)))));
    })
    .put('/:name', async (request, response) => {
      const name = presetName.parse(request.params.name);
      const created = await presets.putPolicy(name, policyDocumentSchema.parse(request.body));
      response.status(created ? 201 : 200).json(policyBody(named('policy', name, await presets.policies())));
    })
    .delete('/:name', async (request, response) => {
      const { name } = request.params;
      // What can be no name is asked of nobody.
      if (!presetName.safeParse(name).success || !(await presets.removePolicy(name))) named('policy', name, []);
      response.status(204).end();
    });

  /** Operators see all; others those of the presets that they may name. */
  async function seenBy(caller: ApiKeyOwner): Promise<PolicyRow[]> {
    const [policies, rows] = await Promise.all([presets.policies(), presets.presets()]);
    const usable = new Set(rows.filter((preset) => mayUse(caller, preset)).map(({ policy }) => policy));
    return policies.filter(({ name }) => seesAll(caller.scopes) || usable.has(name));
  }
}

const policyBody = ({ name, definition, createdAt, updatedAt }: PolicyRow) => ({
  name,
  definition,
  built_in: name === builtIn,
  created_at: createdAt?.toISOString() ?? null,
  updated_at: updatedAt?.toISOString() ?? null,
});
