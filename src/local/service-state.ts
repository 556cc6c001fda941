/** What was found of a service: a line of `doctor`. */
export interface ServiceState {
  name: string;
  ok: boolean;
  detail: string;
  /** Of one that is ok, too: what to do about what the detail warns of. */
  fix?: string;
}
