import { isDeepStrictEqual } from 'node:util';
import { problemSchema } from '../../src/api/http/problem.ts';
import { operations } from '../../src/api/openapi.ts';
import { answerHeaders, headerComponents } from '../../src/api/openapi-headers.ts';
import { codesOf, type Operation } from '../../src/api/operation.ts';

/** Throws where an answer is not what the OpenAPI document says that this request can get. */
export function checkContract(
  request: { method: string; path: string },
  answer: { status: number; headers?: Headers; body: unknown },
): void {
  const operation = operationFor(request);
  if (!operation) return;
  const place = `${operation.id} answered ${answer.status}`;
  const told = Object.keys(answerHeaders(operation, answer.status)).map((name) => name.toLowerCase());
  const untold = Object.keys(headerComponents).filter(
    (name) => answer.headers?.has(name) && !told.includes(name.toLowerCase()),
  );
  if (untold.length > 0) throw new Error(`${place} with ${untold}, undeclared`);
  const good = operation.answers[answer.status];
  if (good) {
    if (!good.body) return;
    const parsed = good.body.parse(answer.body);
    // The schema drops what it does not name: then the document would not tell of it.
    if (!isDeepStrictEqual(parsed, answer.body)) throw new Error(`${place} with fields that are not in the document`);
    return;
  }
  const { code, status } = problemSchema.parse(answer.body);
  if (status !== answer.status || !codesOf(operation).includes(code)) throw new Error(`${place} ${code}, undeclared`);
}

/** The operation of a request: a path without parameters goes before one with them, as in the router. */
function operationFor({ method, path }: { method: string; path: string }): Operation | undefined {
  const { pathname } = new URL(path, 'http://here.invalid');
  const fits = (operation: Operation) =>
    operation.method === method.toLowerCase() &&
    new RegExp(`^${operation.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname);
  return operations.filter(fits).sort((a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')))[0];
}
