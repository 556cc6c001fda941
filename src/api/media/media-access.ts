import type { PlaybackRule, PlaybackRules } from '../../database/playback.ts';
import { within } from '../../flows/time-out.ts';

/** Videos of which a process knows the rule, at most. One that was not asked for longest is forgotten. */
const mostKnown = 20_000;
/** How long an answer counts without another look, ms. With the wait below less than the 5 s in which playback of a removed video must end. */
const freshMs = 2_000;
/** How long a viewer waits for Postgres where the rule is known from before, ms. */
const patienceMs = 1_000;

interface Known {
  rule: PlaybackRule;
  /** ms of `now()` */
  freshUntil: number;
}

/** One that Postgres has not answered yet. */
interface Question {
  answer: Promise<PlaybackRule | null>;
  /** The video has changed meanwhile: the answer may be what was so before. */
  outdated: boolean;
}

export interface MediaAccess {
  /** The rule of a video, null where there is none. Rejects with SERVICE_UNAVAILABLE where nothing is known of it and Postgres is away. */
  rule(videoId: string): Promise<PlaybackRule | null>;
  close(): Promise<void>;
}

/**
 * What this process knows of who may play what, so that segments cost no query each: asked again after some seconds, or at once where a video
 * has changed. While Postgres is away what is known goes on playing.
 */
export async function openMediaAccess(
  rules: PlaybackRules,
  { now = Date.now, most = mostKnown }: { now?: () => number; most?: number } = {},
): Promise<MediaAccess> {
  const known = new Map<string, Known>();
  const underway = new Map<string, Question>();

  const remember = (videoId: string, rule: PlaybackRule) => {
    known.delete(videoId); // to the end of the order
    known.set(videoId, { rule, freshUntil: now() + freshMs });
    const [oldest] = known.keys();
    if (known.size > most && oldest !== undefined) known.delete(oldest);
  };

  const ask = (videoId: string): Question => {
    const question: Question = { answer: rules.rule(videoId), outdated: false };
    underway.set(videoId, question);
    const done = () => {
      if (underway.get(videoId) === question) underway.delete(videoId);
    };
    question.answer.then((rule) => {
      done();
      if (question.outdated) return;
      if (rule) remember(videoId, rule);
      else known.delete(videoId);
    }, done);
    return question;
  };

  const changed = (videoId: string) => {
    for (const id of videoId === '' ? [...known.keys(), ...underway.keys()] : [videoId]) {
      const [entry, question] = [known.get(id), underway.get(id)];
      if (entry) entry.freshUntil = 0;
      if (question) question.outdated = true;
      underway.delete(id);
    }
  };
  const listening = await rules.listen(changed);

  return {
    async rule(videoId) {
      const before = known.get(videoId);
      if (before && before.freshUntil > now()) return before.rule;
      const { answer } = underway.get(videoId) ?? ask(videoId);
      if (!before) return answer;
      try {
        return await within(patienceMs, 'Postgres: who may play', answer);
      } catch {
        // Or each segment would wait; the next question does not stand behind one that hangs.
        underway.delete(videoId);
        remember(videoId, before.rule);
        return before.rule;
      }
    },
    close: () => listening.close(),
  };
}
