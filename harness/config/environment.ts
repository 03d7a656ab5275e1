/** `${NAME}` in the values of the configuration file: the environment variable NAME. */
import { UserError } from '../model/errors.ts';
import { rowOf } from './option-kinds.ts';
import { optionRows } from './option-table.ts';
import type { RunOptions } from './options.ts';

export interface Expanded {
  readonly options: RunOptions;
  /** The variables that a value was made from, by its key. */
  readonly variables: ReadonlyMap<string, readonly string[]>;
}

/** A variable, or the `$${` that stands for a plain `${`; what else begins like one is a slip of the pen. */
const mark = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{/g;

/**
 * The options with their variables put in.
 * @param options valid by the schema: where it holds a variable in the place of another kind, it is that alone
 * @param where what a person would call their place, such as the file
 * @throws {UserError} exit 2: a variable that isn't set, or whose text is none of what is asked for there
 */
export function expanded(
  options: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv,
  where: string,
): Expanded {
  const variables = new Map<string, readonly string[]>();
  const one = (key: string, value: unknown): unknown => {
    if (key === 'targets' && Array.isArray(value)) return value.map((target, at) => ofTarget(target, at));
    if (Array.isArray(value)) return value.map((item) => one(key, item));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, one(key, inner)]));
    if (typeof value !== 'string') return value;
    const { text, names } = filled(value, env, `${where}: ${key}`);
    if (names.length === 0) return text;
    variables.set(key, [...(variables.get(key) ?? []), ...names]);
    return readAs(key, text, names, where);
  };
  const ofTarget = (target: Readonly<Record<string, unknown>>, at: number): unknown => {
    const inner = expanded(target, env, `${where}: targets[${at}]`);
    const names = [...inner.variables.values()].flat();
    if (names.length > 0) variables.set('targets', [...(variables.get('targets') ?? []), ...names]);
    return inner.options;
  };
  return {
    options: Object.fromEntries(Object.entries(options).map(([key, value]) => [key, one(key, value)])),
    variables,
  };
}

function filled(
  value: string,
  env: NodeJS.ProcessEnv,
  where: string,
): { readonly text: string; readonly names: readonly string[] } {
  const names: string[] = [];
  const text = value.replace(mark, (found, name: string | undefined) => {
    if (found === '$${') return '${';
    if (name === undefined) {
      throw new UserError(
        `${where} holds a \${ that names no environment variable.`,
        `Write \${NAME}, with letters, digits and _ alone; a plain \${ is written $\${.`,
        2,
      );
    }
    const held = Object.hasOwn(env, name) ? env[name] : undefined; // __proto__ is a name too
    if (held === undefined) {
      throw new UserError(
        `${where} needs the environment variable ${name}, which is not set.`,
        `Set ${name}, or write the value itself.`,
        2,
      );
    }
    names.push(name);
    return held;
  });
  return { text, names };
}

/** A list's or a map's texts are texts; any other kind is read as the flag of it is. */
function readAs(key: string, text: string, names: readonly string[], where: string): unknown {
  const row = optionRows.find(([name]) => name === key)?.[1];
  const { read, words } = rowOf(row?.kind ?? 'text');
  const value = (read ?? rowOf('text').read)?.(text);
  if (value !== undefined) return value;
  // What a variable holds may be secret: it is not said again.
  throw new UserError(
    `${where}: ${key} is no ${words}: it is made from ${names.join(' and ')}.`,
    `Mend ${names.join(' or ')} in the environment, or ${key} in ${where}.`,
    2,
  );
}
