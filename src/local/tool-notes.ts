import type { Config } from '../config.ts';
import { findLocalTools, type Tool } from './local-tools.ts';
import { type SandboxState, sandboxNotes } from './sandbox-state.ts';

/** What is used in place of what this machine lacks, a line each; nothing for what is simply there. */
export const toolNotes = async (config: Config, sandbox: SandboxState): Promise<string[]> => [
  ...notesOn(await findLocalTools(config)),
  ...sandboxNotes(sandbox),
];

/** Pure. */
export const notesOn = (tools: Tool[]): string[] =>
  tools.flatMap((tool) => (tool.instead && tool.neededFor !== 'tests' ? [`${tool.missing}: ${tool.instead}`] : []));
