import ts from 'typescript';

/**
 * The codes that the tests of a file provoke: those that a test's title names (or the table whose rows the title shows) and that its body
 * asserts on. A test that makes the error itself provokes nothing. Pure; for test/unit/errors/provoked.test.ts.
 */
export function provokedCodes(source: string, codes: readonly string[]): string[] {
  const file = ts.createSourceFile('a.test.ts', source, ts.ScriptTarget.Latest, true);
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) for (const code of codesOf(node, file, codes)) found.add(code);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return codes.filter((code) => found.has(code));
}

function codesOf(call: ts.CallExpression, file: ts.SourceFile, codes: readonly string[]): string[] {
  const { expression, arguments: given } = call;
  const title = given[0];
  const body = given.at(-1)?.getText() ?? '';
  if (!/^(test|it)\b/.test(expression.getText()) || given.length < 2 || !title || !isText(title)) return [];
  const shown = title.getText();
  const table = ts.isCallExpression(expression) ? shownOfTable(expression.arguments[0], shown, file) : '';
  return codes.filter((code) => {
    const named = new RegExp(`\\b${code}\\b`);
    const quoted = new RegExp(`['"\`]${code}\\b`);
    if (!/expect/.test(body) || new RegExp(`new CatalogueError\\(\\s*'${code}'`).test(body)) return false;
    return quoted.test(table) || (named.test(shown) && (quoted.test(body) || named.test(regexesIn(body))));
  });
}

const isText = (node: ts.Node): boolean =>
  ts.isStringLiteral(node) || ts.isTemplateExpression(node) || ts.isNoSubstitutionTemplateLiteral(node);

/** What `toThrow(/CODE/)` says. */
const regexesIn = (body: string): string => (body.match(/\/[^/\n]*[A-Z]{2,}_[A-Z_]+[^/\n]*\//g) ?? []).join(' ');

/** What a title shows of the rows of its table, which may stand in a constant of the file: the first columns for `%s`, those that `$name` names. */
function shownOfTable(given: ts.Expression | undefined, title: string, file: ts.SourceFile): string {
  const table = given && ts.isIdentifier(given) ? constantOf(given.text, file) : given;
  if (!table || !ts.isArrayLiteralExpression(table)) return '';
  const columns = title.match(/%[sjo]/g)?.length ?? 0;
  const names = [...title.matchAll(/\$(\w+)/g)].map(([, name]) => name);
  const cells = table.elements.flatMap((row): ts.Node[] => {
    if (ts.isArrayLiteralExpression(row)) return row.elements.slice(0, columns);
    if (!ts.isObjectLiteralExpression(row)) return columns > 0 ? [row] : [];
    return row.properties.filter(({ name }) => name && names.includes(name.getText()));
  });
  return cells.map((cell) => cell.getText()).join('\n');
}

function constantOf(name: string, file: ts.SourceFile): ts.Expression | undefined {
  const declared = file.statements.flatMap((statement) =>
    ts.isVariableStatement(statement) ? [...statement.declarationList.declarations] : [],
  );
  const found = declared.find((declaration) => declaration.name.getText() === name)?.initializer;
  return found && (ts.isAsExpression(found) || ts.isSatisfiesExpression(found)) ? found.expression : found;
}
