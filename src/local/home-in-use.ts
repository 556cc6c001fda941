/** Another process runs this home: two would share one Postgres folder. */
export class HomeInUse extends Error {
  readonly pid: number;

  constructor(root: string, pid: number) {
    super(`Reelmill already runs in ${root} (process ${pid}): stop it first, or set another REELMILL_HOME`);
    this.name = 'HomeInUse';
    this.pid = pid;
  }
}
