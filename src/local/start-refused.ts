/** A process of ours has said that it can never run as it is set up: starting it again would end the same way. */
export class StartRefused extends Error {
  override name = 'StartRefused';
}
