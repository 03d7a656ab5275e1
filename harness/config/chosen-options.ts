/** One value for each option: from the flags, else the environment, else the configuration file. */
import { stringify } from 'yaml';
import { redactor } from '../http/redaction.ts';
import { version } from '../model/package.ts';
import { type ConfigFile, readConfig } from './config-file.ts';
import { untrusted } from './found-file.ts';
import type { OptionRow } from './option-row.ts';
import { optionRows } from './option-table.ts';
import { passwordSource, shownPasswordFrom } from './passwords.ts';
import type { FleetTarget, RunFlags, RunOptions } from './run-options.ts';
import { defaultOf, fileRows } from './schemas.ts';

export interface Layer {
  /** Where the value of a key comes from, for people. */
  readonly origin: (key: string) => string;
  readonly options: RunOptions;
}

export interface ChosenOptions {
  readonly options: RunOptions;
  /** Where each of them comes from, by its key. */
  readonly origins: ReadonlyMap<string, string>;
  readonly file: string | undefined;
  /** The file was found in the working folder, and the user did not name it. */
  readonly isFound: boolean;
  readonly of: (target: FleetTarget) => RunOptions;
}

/**
 * @param given the flags that the user gave, without commander's own defaults
 * @throws {UserError} exit 2: the configuration file can't be used
 */
export async function chosenOptions(
  { config, dryRun: _, ...given }: RunFlags,
  env: NodeJS.ProcessEnv,
): Promise<ChosenOptions> {
  const file = await readConfig(config, env);
  const above: readonly Layer[] = [{ options: given, origin: flagOf }, environmentLayer(env)];
  const below: readonly Layer[] = file ? [{ options: file.options, origin: originIn(file) }] : [];
  const chosen = firstOfEach([...above, ...below]);
  if (file?.isFound) refuseAddedHosts(chosen, file);
  return {
    ...chosen,
    file: file?.file,
    isFound: file?.isFound === true,
    of: ({ name, labels: _, ...own }) =>
      firstOfEach([...above, { options: own, origin: () => name }, ...below]).options,
  };
}

/** @throws {UserError} exit 2: a file that was found would send the login to more hosts than the user named */
function refuseAddedHosts(
  { options, origins }: Pick<ChosenOptions, 'options' | 'origins'>,
  file: ConfigFile,
): void {
  if (options.target === undefined || file.options.target === options.target) return;
  for (const key of ['node', 'followLeader'] as const)
    if (options[key] === file.options[key] && options[key]?.length)
      throw untrusted(file.file, `${file.file}: ${key} adds hosts to the target of ${origins.get('target')}`);
}

const variables = new Map(
  optionRows.flatMap(([key, { env }]) => (env === undefined ? [] : [[key, env] as const])),
);

/** The options that the environment gives. An empty variable counts as not set. */
export const environmentLayer = (env: NodeJS.ProcessEnv): Layer => ({
  origin: (key) => `environment ${variables.get(key) ?? 'CRDB_PASSWORD'}`,
  options: {
    ...Object.fromEntries(
      [...variables].flatMap(([key, variable]) => (env[variable] ? [[key, env[variable]]] : [])),
    ),
    ...(env.CRDB_PASSWORD ? { passwordFrom: 'env:CRDB_PASSWORD' } : {}),
  },
});

/** Each option with the value of the first layer that has it, unless an option of an earlier layer excludes it. */
export function firstOfEach(layers: readonly Layer[]): Pick<ChosenOptions, 'options' | 'origins'> {
  const values = new Map<string, unknown>();
  const origins = new Map<string, string>();
  for (const { options, origin } of layers) {
    const excluded = optionRows.flatMap(([key, { excludes = [] }]) => (values.has(key) ? excludes : []));
    for (const [key, value] of Object.entries(options)) {
      if (value === undefined || values.has(key) || excluded.includes(key)) continue;
      values.set(key, value);
      origins.set(key, origin(key));
    }
  }
  return { options: Object.fromEntries(values), origins };
}

function flagOf(key: string): string {
  const [name = key] = optionRows.find(([known]) => known === key)?.[1].flag?.split(' ') ?? [];
  return `flag ${name}`;
}

const originIn =
  ({ file, variables }: ConfigFile) =>
  (key: string): string =>
    [file, ...(variables.get(key) ?? []).map((name) => `environment ${name}`)].join(', ');

const originColumn = 48;

/**
 * Each option with its value and its origin, as YAML that can be used as a configuration again.
 * @param env may hold the password, which is shown nowhere, also where it stands in another value by mistake
 */
export function printedConfig(
  { options, origins }: Pick<ChosenOptions, 'options' | 'origins'>,
  env: NodeJS.ProcessEnv,
): string {
  const values = new Map<string, unknown>(Object.entries(options));
  const variable = /^env:(.+)$/.exec(options.passwordFrom ?? 'env:CRDB_PASSWORD')?.[1] ?? '';
  const password = Object.hasOwn(env, variable) ? env[variable] : undefined;
  const source =
    options.auth === false ? 'none: the target needs no credentials' : passwordSource(options, env);
  const lines = [
    ...fileRows.map(([key, row]) => ({
      text: values.has(key)
        ? `${key}: ${masked(inOneLine(key, values.get(key)), password)}`
        : unset(key, row),
      origin: origins.get(key) ?? 'default',
    })),
    { text: '# the password', origin: masked(source, password) },
  ].map(({ text, origin }) => `${text.padEnd(originColumn)} # ${origin}`);
  return `# crdb-conformance ${version} run\n${lines.join('\n')}\n`;
}

/** The default; as a comment where only words describe it. */
function unset(key: string, row: OptionRow): string {
  const hasValue = row.default !== undefined || row.kind === 'switch';
  return `${hasValue ? '' : '# '}${key}: ${defaultOf(row)}`;
}

/** Commands often hold tokens. */
const withoutSecret = (key: unknown, value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  if (key === 'command') return '(not shown)';
  return key === 'passwordFrom' ? shownPasswordFrom(value) : value;
};

const inOneLine = (key: string, value: unknown): string =>
  stringify(withoutSecret(key, value), withoutSecret, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();

/** Without the password, and without credentials in a URL, which no run accepts. */
const masked = (text: string, password = ''): string =>
  redactor({ login: { user: '', password } })(text).replace(/\/\/[^/\s]*@/g, '//…@');
