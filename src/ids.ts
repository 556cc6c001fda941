import { monotonicFactory } from 'ulid';

const ulid = monotonicFactory();

/** A new id, sortable by time, with a prefix that says what it names: `vid_01J…`. */
export const newId = (prefix: 'vid' | 'run' | 'task' | 'key' | 'wrk' | 'upl' | 'login'): string =>
  `${prefix}_${ulid().toLowerCase()}`;
