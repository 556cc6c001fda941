/** Everything that a terminal acts on or that cannot be seen, but for the end of a line, and the joiners of scripts and emoji. */
const unseen =
  /(?!\n|\u200c|\u200d|[\ufe00-\ufe0f])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;

/**
 * Lines for a terminal or a log, with `\u001b` written out for what would act on it. In a text of JSON these are the same strings for whoever
 * parses it. Pure.
 */
export const escapeUnseen = (lines: string): string => lines.replace(unseen, escaped);

/** As `escapeUnseen`, for a name within a line: its line ends are written out too. */
export const escapeName = (name: string): string => escapeUnseen(name).replaceAll('\n', '\\u000a');

const escaped = (sign: string): string =>
  sign
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
