// Writes docs/errors.md from the catalogue in src/errors: `npm run error-docs`. A test fails where the two differ.
import { writeFileSync } from 'node:fs';
import type { CatalogueEntry } from '../src/errors/catalogue.ts';
import { audiences } from '../src/errors/catalogue.ts';

const intro = `# Errors

Written by \`npm run error-docs\` from \`src/errors\`; do not edit.

Every error has a **code** that does not change, a **detail** that says what was found and where, a **hint** that says what to do, and
**retryable**: true only where the same request or file can succeed later while nobody changes anything. The API answers with
\`application/problem+json\` (RFC 9457), whose \`type\` leads to a page of the code (\`/problems/<code>\`). An error that stops a video stands in
\`error\` of \`GET /api/v1/videos/{id}\`, on the player page and in the words of the command line.

There are two texts of what to do. The first, \`hint\`, is for whoever sent the request or made the file: an app can show it to its users. The second
is for operators, who can set something or mend a machine: it stands here, on \`/problems/<code>\`, in logs, on the board and in the words of the command
line; and in answers, as \`operator_hint\`, for keys with the scope \`operate\` alone. "Retry the video" means \`reelmill retry <id>\`, its job on the
board, or \`POST /api/v1/videos/{id}/retry\`.
`;

const readers: Record<(typeof audiences)[number]['title'], string> = {
  'The file': 'What a creator is told of a file: at `complete`, or on the video.',
  Uploads: 'What a program that uploads can meet.',
  Requests: 'What any request can meet.',
  Operation:
    'What an operator sees of tools, machines and settings: on a failed video, on the board, in the log, when a process starts.',
};

/** The page: a group for each kind of reader, and a heading, so an anchor, for each code. */
export function errorDocs(): string {
  const groups = audiences.map(({ title, errors }) => {
    const rows: [string, CatalogueEntry][] = Object.entries(errors);
    return [`## ${title}\n\n${readers[title]}\n`, ...rows.map(([code, entry]) => section(code, entry))].join('\n');
  });
  return [intro, ...groups].join('\n');
}

function section(code: string, { httpStatus, retryable, triedAgain, cause, fix, operatorFix }: CatalogueEntry): string {
  const again = triedAgain && !retryable ? ' · the queue has tried again by itself' : '';
  const facts = `HTTP ${httpStatus} · ${retryable ? 'retryable' : 'not retryable'}${again}`;
  const operator = operatorFix ? [`**For operators:** ${operatorFix}`] : [];
  return `${[`### ${code}`, facts, cause, `**What to do:** ${fix}`, ...operator].join('\n\n')}\n`;
}

if (process.argv[1] === import.meta.filename) writeFileSync('docs/errors.md', errorDocs());
