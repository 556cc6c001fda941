/** One delivery of a task that ended in neither commit, error nor hand-back, and the other tasks that its worker lost with it. */
export interface Death {
  /** How many others were lost together with the task; 0: its worker had nothing else in hand. */
  others: number;
  /** All of them have been committed since. */
  othersLived: boolean;
  /** One of them has been given up as poison. */
  explained: boolean;
}

/** Below this nothing is poison, whatever the rest looks like: four kills of an only worker fail no video. */
export const fewestDeaths = 5;

/**
 * Whether a task is given up as the likely reason of its workers' deaths. A killed process takes all its tasks along, so one
 * death says little; what tells is what became of the others. 5 deaths where they all lived on elsewhere are enough; 10 where
 * the task was alone (an operator's kill looks the same); 20 where the others are not done either: likely the machine, but a
 * pill that is always taken with the same tasks must end too. A death that another task has been given up for counts for nobody.
 */
export const isPoison = (deaths: Death[]): boolean =>
  deaths.reduce((sum, death) => sum + weightOf(death), 0) >= fewestDeaths;

function weightOf({ others, othersLived, explained }: Death): number {
  if (others === 0) return 1 / 2;
  if (explained) return 0;
  return othersLived ? 1 : 1 / 4;
}
