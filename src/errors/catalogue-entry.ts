/** What every error of the product is: why it happened, what to do about it, and whether trying again can help. */
export interface CatalogueEntry {
  /** Of the answer that carries it, RFC 9110. An error that only stands on a video is told by a 200. */
  httpStatus: number;
  /** True only where the same request or file can succeed later while nobody changes anything: the load passes, a service comes back. */
  retryable: boolean;
  /** Whether the queue tries the job again, up to its attempts: also where chance is rare, and trying is cheap. As `retryable` unless it says so. */
  triedAgain?: boolean;
  /** Why it happens, for whoever reads the message. */
  cause: string;
  /** What whoever sent the request, or made the file, can do: the users of a web app read it, so it names no setting and no machine of ours. */
  fix: string;
  /** What whoever runs this installation can do, and nobody else. */
  operatorFix?: string;
}
