import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** Zod's own sentences begin so; what a schema says itself is kept. */
const fromZod = /^(Invalid|Too (big|small)|Unrecognized)\b/;

/** What is wrong with a value, for whoever sent it, to stand behind its name: `is missing`, `must be one of a, b`. Pure. */
export const issueWords = (issue: Issue): string => (fromZod.test(issue.message) ? plainWords(issue) : issue.message);

function plainWords(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, /received (\w+)/.exec(issue.message)?.[1] ?? '');
    case 'unrecognized_keys':
      return `does not take ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `must ${bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum)}`;
    case 'invalid_union':
      return [...new Set(issue.errors.flat().map(issueWords))].join(', or ') || issue.message;
    case 'invalid_format':
      return formats[issue.format] ?? issue.message;
    default:
      return issue.message;
  }
}

const formats: Readonly<Record<string, string>> = {
  datetime: 'must be a time of RFC 3339 such as 2026-01-31T12:00:00Z',
  url: 'must be a URL',
};

const kinds: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};
const kindOf = (name: string): string => kinds[name] ?? name;

function wrongType(expected: string, received: string): string {
  if (received === 'undefined') return 'is missing';
  // A fraction is a number as well, and so is what JSON cannot say.
  const found = received === 'number' || received === 'NaN' || !received ? '' : `, not ${kindOf(received)}`;
  return `must be ${kindOf(expected)}${found}`;
}

function bound(origin: string, limit: string, value: number | bigint): string {
  if (origin === 'string') return `have ${limit} ${value} character${value === 1 ? '' : 's'}`;
  if (origin === 'array' || origin === 'set') return `have ${limit} ${value} ${value === 1 ? 'entry' : 'entries'}`;
  return `be ${limit} ${value}`;
}
