/** `run --print-config`: each option with its value and where that comes from, as YAML that can be used again. */
import { stringify } from 'yaml';
import type { Resolved } from '../config/layers.ts';
import type { OptionRow } from '../config/option-row.ts';
import { byDefault, optionRows } from '../config/option-table.ts';
import { passwordTold, variableIn } from '../config/passwords.ts';
import { redactor } from '../http/target.ts';
import { version } from '../model/package.ts';

const widest = 48;

/** @param env holds the password, which is not shown; nor is it where somebody wrote it into another value */
export function printedConfig({ options, origins }: Resolved, env: NodeJS.ProcessEnv): string {
  const held = new Map<string, unknown>(Object.entries(options));
  const password = variableIn(env, options.passwordEnv ?? 'CRDB_PASSWORD');
  const lines = [
    ...optionRows.map(([key, row]) => ({
      text: held.has(key) ? `${key}: ${masked(flow(key, held.get(key)), password)}` : withoutValue(key, row),
      origin: origins.get(key) ?? 'default',
    })),
    { text: '# the password', origin: masked(toldOf(options, env), password) },
  ].map(({ text, origin }) => `${text.padEnd(widest)} # ${origin}`);
  return `# crdb-conformance ${version} run\n${lines.join('\n')}\n`;
}

/** What holds by default; where words alone can say it, as a comment. */
function withoutValue(key: string, row: OptionRow): string {
  const words = byDefault(row);
  return words === String(row.otherwise) ? `${key}: ${words}` : `# ${key}: ${words}`;
}

/** A program for the password may have a secret in its words: a token, say. */
const hidden = (key: unknown, value: unknown): unknown => (key === 'passwordCommand' ? '(not shown)' : value);

const flow = (key: string, value: unknown): string =>
  stringify(hidden(key, value), hidden, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();

const toldOf = (options: Resolved['options'], env: NodeJS.ProcessEnv): string =>
  options.auth === false ? 'none: the target asks for no credentials' : passwordTold(options, env);

/** A URL's credentials, which no run would take, and the password itself wherever it stands. */
const masked = (text: string, password = ''): string =>
  redactor({ user: '', password })(text).replace(/\/\/[^/\s]*@/g, '//…@');
