import { CatalogueError } from '../errors/catalogue-error.ts';
import { standardPolicy } from '../plan/policy.ts';
import { documentOf, type PolicyDocument, policyDocumentSchema } from '../plan/policy-document.ts';
import type { KeptPolicy } from '../plan/read-policy.ts';
import type { Client, Sql } from './client.ts';
import { type CreatorPlan, creatorPlans } from './creator-plans.ts';
import { json, text } from './json.ts';

export interface PolicyRow {
  name: string;
  definition: PolicyDocument;
  /** Null of what comes with the product. */
  createdAt: Date | null;
  updatedAt: Date | null;
}

export interface PresetRow {
  name: string;
  policy: string;
  description: string;
  /** Of creators that may choose it; empty: all. */
  plans: CreatorPlan[];
  /** Null of what comes with the product. */
  createdAt: Date | null;
  updatedAt: Date | null;
}

/** Policies, and the names under which uploads choose one. `standard` of both comes with the product, and stays. */
export interface Presets {
  /** By name, those that come with the product first. */
  policies(): Promise<PolicyRow[]>;
  /** True where it was not there. Rejects with PRESET_CONFLICT where it comes with the product. */
  putPolicy(name: string, definition: PolicyDocument): Promise<boolean>;
  /** False where there is none. Rejects with PRESET_CONFLICT where a preset names it, or it comes with the product. */
  removePolicy(name: string): Promise<boolean>;
  /** By name, those that come with the product first. */
  presets(): Promise<PresetRow[]>;
  /** True where it was not there. Rejects with PRESET_UNKNOWN where there is no such policy, PRESET_CONFLICT where it comes with the product. */
  putPreset(preset: Pick<PresetRow, 'name' | 'policy' | 'description' | 'plans'>): Promise<boolean>;
  /** False where there is none. Rejects with PRESET_CONFLICT where it comes with the product. */
  removePreset(name: string): Promise<boolean>;
  /** The policy that a creator of this plan gets by a preset, as it is now. Rejects with PRESET_UNKNOWN where there is none for it. */
  choose(preset: string, plan: CreatorPlan): Promise<KeptPolicy>;
}

/** Of the policy and of the preset that come with the product. */
export const builtIn = 'standard';

const builtInPolicy: PolicyRow = {
  ...{ name: builtIn, definition: documentOf(standardPolicy), createdAt: null, updatedAt: null },
};
const builtInPreset: PresetRow = {
  ...{ name: builtIn, policy: builtIn, plans: [], createdAt: null, updatedAt: null },
  description: 'H.264 from 240p to 2160p by quality, each rate bounded; segments of 4 s.',
};

/** See `Presets`. */
export function openPresets(client: Client): Presets {
  const { sql } = client;
  return {
    async policies() {
      const rows = await sql<PolicyRecord>(`${selectPolicies} ORDER BY name COLLATE "C"`);
      return [builtInPolicy, ...rows.map(policyRow)];
    },

    async putPolicy(name, definition) {
      refuseBuiltIn('policy', name);
      const [row] = await sql<{ created: boolean }>(
        `INSERT INTO policies (name, definition) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET definition = excluded.definition, updated_at = now()
         RETURNING xmax = 0 AS created`,
        [name, json(definition)],
      );
      return row?.created ?? false;
    },

    async removePolicy(name) {
      refuseBuiltIn('policy', name);
      return client.transaction(async (sql) => {
        if (!(await holdPolicy(sql, name))) return false;
        const named = await sql<{ name: string }>('SELECT name FROM presets WHERE policy = $1 ORDER BY name LIMIT 5', [
          name,
        ]);
        if (named.length > 0) {
          const presets = named.map((preset) => preset.name).join(', ');
          throw new CatalogueError('PRESET_CONFLICT', `Presets name the policy ${name}: ${presets}.`);
        }
        await sql('DELETE FROM policies WHERE name = $1', [name]);
        return true;
      });
    },

    async presets() {
      const rows = await sql<PresetRow>(`${selectPresets} ORDER BY name COLLATE "C"`);
      return [builtInPreset, ...rows];
    },

    async putPreset({ name, policy, description, plans }) {
      refuseBuiltIn('preset', name);
      return client.transaction(async (sql) => {
        // Held: whoever removes it meanwhile waits, and finds the preset.
        if (policy !== builtIn && !(await holdPolicy(sql, policy))) {
          throw new CatalogueError('PRESET_UNKNOWN', `There is no policy ${policy}.`);
        }
        const [row] = await sql<{ created: boolean }>(
          `INSERT INTO presets (name, policy, description, plans) VALUES ($1, $2, $3, $4::"Plan"[])
           ON CONFLICT (name) DO UPDATE SET policy = excluded.policy, description = excluded.description,
                                            plans = excluded.plans, updated_at = now()
           RETURNING xmax = 0 AS created`,
          [name, policy, text(description), creatorPlans.filter((plan) => plans.includes(plan))],
        );
        return row?.created ?? false;
      });
    },

    async removePreset(name) {
      refuseBuiltIn('preset', name);
      return (await sql('DELETE FROM presets WHERE name = $1 RETURNING name', [name])).length > 0;
    },

    async choose(preset, plan) {
      if (preset === builtIn) return builtInPolicy;
      const [chosen] = await sql<{ policy: string; definition: unknown }>(
        `SELECT presets.policy, policies.definition FROM presets LEFT JOIN policies ON policies.name = presets.policy
          WHERE presets.name = $1 AND (plans = '{}' OR $2 = ANY (plans::text[]))`,
        [preset, plan],
      );
      if (!chosen) throw new CatalogueError('PRESET_UNKNOWN', `There is no preset ${preset} for this key.`);
      if (chosen.policy === builtIn) return builtInPolicy;
      return { name: chosen.policy, definition: policyDocumentSchema.parse(chosen.definition) };
    },
  };
}

type PolicyRecord = Omit<PolicyRow, 'definition'> & { definition: unknown };

const selectPolicies = `SELECT name, definition, created_at AS "createdAt", updated_at AS "updatedAt" FROM policies`;
const selectPresets = `SELECT name, policy, description, plans::text[] AS plans, created_at AS "createdAt",
                              updated_at AS "updatedAt" FROM presets`;

const policyRow = ({ definition, ...row }: PolicyRecord): PolicyRow => ({
  ...row,
  definition: policyDocumentSchema.parse(definition),
});

async function holdPolicy(sql: Sql, name: string): Promise<boolean> {
  return (await sql('SELECT name FROM policies WHERE name = $1 FOR UPDATE', [name])).length > 0;
}

function refuseBuiltIn(kind: 'policy' | 'preset', name: string): void {
  if (name !== builtIn) return;
  throw new CatalogueError(
    'PRESET_CONFLICT',
    `The ${kind} ${name} comes with the product: make one under another name.`,
  );
}
