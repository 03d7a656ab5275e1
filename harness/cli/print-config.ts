/** `run --print-config`: each option with its value and where that comes from, as YAML that can be used again. */
import { stringify } from 'yaml';
import type { Resolved } from '../layers.ts';
import { byDefault, type OptionRow, optionRows } from '../option-table.ts';
import { version } from '../package.ts';
import { redactor } from '../target.ts';

const widest = 48;

/** @param env holds the password, which is not shown; nor is it where somebody wrote it into another value */
export function printedConfig({ options, origins }: Resolved, env: NodeJS.ProcessEnv): string {
  const held = new Map<string, unknown>(Object.entries(options));
  const password = passwordOf(held, env);
  const lines = [
    ...optionRows.map(([key, row]) => ({
      text: held.has(key) ? `${key}: ${masked(flow(held.get(key)), password.value)}` : withoutValue(key, row),
      origin: origins.get(key) ?? 'default',
    })),
    { text: '# the password', origin: password.told },
  ].map(({ text, origin }) => `${text.padEnd(widest)} # ${origin}`);
  return `# crdb-conformance ${version} run\n${lines.join('\n')}\n`;
}

/** What holds by default; where words alone can say it, as a comment. */
function withoutValue(key: string, row: OptionRow): string {
  const words = byDefault(row);
  return words === String(row.otherwise) ? `${key}: ${words}` : `# ${key}: ${words}`;
}

const flow = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();

interface Secret {
  readonly told: string;
  readonly value: string | undefined;
}

function passwordOf(held: ReadonlyMap<string, unknown>, env: NodeJS.ProcessEnv): Secret {
  if (held.get('auth') === false)
    return { told: 'none: the target asks for no credentials', value: undefined };
  if (held.get('passwordStdin') === true) return { told: 'from the standard input', value: undefined };
  const variable = String(held.get('passwordEnv') ?? 'CRDB_PASSWORD');
  const value = Object.hasOwn(env, variable) ? env[variable] : undefined;
  return {
    told: value ? `environment ${variable}, set and not shown` : `environment ${variable}, which is not set`,
    value,
  };
}

/** A URL's credentials, which no run would take, and the password itself wherever it stands. */
const masked = (text: string, password = ''): string =>
  redactor({ user: '', password })(text).replace(/\/\/[^/\s]*@/g, '//…@');
