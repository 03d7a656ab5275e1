/**
 * What a configuration file may hold that was found in the working folder and not named: a cloned repository can bring
 * one. It may say what is tested and how. It may not run programs, choose secrets, weaken the connection, or write
 * elsewhere: for that, the user names the file.
 */
import { isAbsolute, normalize } from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { isRecord } from '../../spec/record.ts';
import { UserError } from '../model/errors.ts';

/** Why a value is refused; undefined where it is fine. */
type Rule = (value: unknown) => string | undefined;

const refused =
  (why: string): Rule =>
  (value) =>
    value === false ? undefined : why;

const insideFolder: Rule = (value) =>
  typeof value === 'string' && (isAbsolute(value) || /^\.\.([/\\]|$)/.test(normalize(value)))
    ? 'is a path outside the working folder'
    : undefined;

const rules: Readonly<Record<string, Rule>> = {
  command: refused('runs a program'),
  container: refused('starts a container'),
  proxy: refused('sends the requests through another host'),
  insecure: refused('accepts any certificate'),
  allowForce: refused('allows requests that can break a database'),
  passwordFrom: (value) =>
    value === 'env:CRDB_PASSWORD' ? undefined : 'takes the password from another place than CRDB_PASSWORD',
  out: insideFolder,
  history: insideFolder,
};

const secrets = ['CRDB_PASSWORD', 'CRDB_KEY_PASSPHRASE'];

/** An environment variable in a value that such a file may not read. */
function variableIn(value: unknown): string | undefined {
  if (typeof value === 'string')
    return [...value.matchAll(/\$\{(\w+)\}/g)]
      .map(([, name = '']) => name)
      .find((name) => !name.startsWith('CRDB_') || secrets.includes(name));
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.values(value)
    .map(variableIn)
    .find((name) => name !== undefined);
}

/**
 * @param value what the file holds, before its variables are replaced
 * @throws {UserError} exit 2: it holds what only a file that the user names may hold; the error says where
 */
export function refuseUntrusted(file: string, text: string, value: Readonly<Record<string, unknown>>): void {
  const { targets = [], ...options } = value;
  const ofTargets = Object.entries(targets ?? []).flatMap(([at, target]) =>
    isRecord(target)
      ? Object.entries(target).map(([key, held]) => [key, held, ['targets', at]] as const)
      : [],
  );
  const held = Object.entries(options).map(([key, held]) => [key, held, []] as const);
  for (const [key, value, path] of [...held, ...ofTargets]) {
    const variable = variableIn(value);
    const why =
      (Object.hasOwn(rules, key) ? rules[key]?.(value) : undefined) ??
      (variable === undefined ? undefined : `reads the environment variable ${variable}`);
    if (why !== undefined) throw untrusted(file, `${file}:${lineOf(text, [...path, key])}: ${key} ${why}`);
  }
}

export const untrusted = (file: string, problem: string): UserError =>
  new UserError(
    `${problem}. The file was found in the working folder, so it may be somebody else’s.`,
    `If you trust it, name it: --config ${file}`,
    2,
  );

function lineOf(text: string, path: readonly (string | number)[]): number {
  const lineCounter = new LineCounter();
  const node = parseDocument(text, { lineCounter }).getIn(path, true);
  const offset = isNode(node) ? node.range?.[0] : undefined;
  return lineCounter.linePos(offset ?? 0).line;
}
