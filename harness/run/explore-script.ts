/**
 * Exploration scripts: what is done to a few tasks, as data and as text, such as `create 0 queued; cancel 0; read 0 verbose`.
 * Every part of a script is a script: a step that makes no sense there is left out when it is run.
 */
import { UserError } from '../model/errors.ts';
import { type Credentials, credentialKinds } from '../model/requests.ts';
import { type Phase, phases } from '../model/task.ts';

export type ScriptStep =
  | {
      readonly do: 'create';
      readonly task: number;
      readonly phase: Phase;
      readonly ttl?: string | undefined;
      readonly cancelFails?: true | undefined;
    }
  | { readonly do: 'move'; readonly task: number; readonly phase: Phase }
  | { readonly do: 'age'; readonly task: number; readonly seconds: number }
  /** A task that is created again after it has the same id. */
  | { readonly do: 'remove'; readonly task: number }
  | ({
      readonly do: 'read';
      readonly task: number;
      readonly verbose?: string | undefined;
      readonly ttl?: string | undefined;
    } & Login)
  | ({ readonly do: 'cancel'; readonly task: number; readonly force?: string | undefined } & Login)
  | { readonly do: 'get-cancel'; readonly task: number }
  | ({ readonly do: 'list' } & Login)
  | { readonly do: 'wait'; readonly seconds: number }
  /** Sent at the same time. */
  | { readonly do: 'together'; readonly steps: readonly ScriptStep[] };

interface Login {
  readonly credentials?: Credentials | undefined;
}

export type Script = readonly ScriptStep[];

type Word = ScriptStep['do'];

/** How each step is written. */
const forms: Readonly<Record<Exclude<Word, 'together'>, string>> = {
  create: 'create N PHASE [ttl=SECONDS] [cancel_fails]',
  move: 'move N PHASE',
  age: 'age N SECONDS',
  remove: 'remove N',
  read: 'read N [verbose[=VALUE]] [ttl=VALUE] [credentials=KIND]',
  cancel: 'cancel N [force[=VALUE]] [credentials=KIND]',
  'get-cancel': 'get-cancel N',
  list: 'list [credentials=KIND]',
  wait: 'wait SECONDS',
};

/** The script as `--replay` takes it. */
export const scriptText = (script: Script): string => script.map(stepText).join('; ');

function stepText(step: ScriptStep): string {
  if (step.do === 'together') return `(${step.steps.map(stepText).join(' & ')})`;
  const parameters = Object.entries(step).flatMap(([name, value]) => {
    if (name === 'do') return [];
    if (name === 'task' || name === 'phase' || name === 'seconds') return [String(value)];
    if (name === 'cancelFails') return ['cancel_fails'];
    if ((name === 'verbose' || name === 'force') && value === 'true') return [name];
    return [`${name}=${String(value).replaceAll(' ', '-')}`];
  });
  return [step.do, ...parameters].join(' ');
}

/** @throws {UserError} exit 2: it names the step that can't be read, and what could stand there */
export function parseScript(text: string): Script {
  const script = text
    .split(';')
    .map((step) => step.trim())
    .map((step, index) => parseStep(step, index + 1));
  const made = new Set<number>();
  for (const [index, step] of script.entries()) {
    if (step.do === 'create') made.add(step.task);
    for (const task of tasksOf(step))
      if (!made.has(task))
        throw unreadable(index + 1, `task ${task} is not created before`, `create ${task} running`);
  }
  return script;
}

/** The numbers of the tasks that a step is about. */
export const tasksOf = (step: ScriptStep): readonly number[] =>
  step.do === 'together' ? step.steps.flatMap(tasksOf) : 'task' in step ? [step.task] : [];

const unreadable = (place: number, why: string, would: string): UserError =>
  new UserError(`--replay can’t be read: step ${place}, ${why}.`, `There could be: ${would}`, 2);

function parseStep(text: string, place: number): ScriptStep {
  const together = /^\((.*)\)$/.exec(text)?.[1];
  if (together !== undefined)
    return { do: 'together', steps: together.split('&').map((part) => parseStep(part.trim(), place)) };
  const [word = '', ...rest] = text.split(/\s+/);
  const form = Object.entries(forms).find(([name]) => name === word)?.[1];
  if (form === undefined)
    throw unreadable(
      place,
      text === '' ? 'is empty' : `“${text}” is no step`,
      Object.values(forms).join(' · '),
    );
  const step = stepOf(word, rest);
  if (!step)
    throw unreadable(place, `“${text}” is not complete or has something that does not belong there`, form);
  return step;
}

/** Undefined where a word is missing, unknown or too much. */
function stepOf(word: string, words: readonly string[]): ScriptStep | undefined {
  const named = new Map(words.filter((one) => /^[a-z]/.test(one) && !isPhase(one)).map(pairOf));
  const [first, second] = words.filter(
    (one) => !named.has(pairOf(one)[0]) || isPhase(one) || /^\d/.test(one),
  );
  const take = (name: string): string | undefined => {
    const value = named.get(name);
    named.delete(name);
    return value;
  };
  const task = first !== undefined && /^\d{1,3}$/.test(first) ? Number(first) : undefined;
  const phase = phases.find((one) => one === second);
  const seconds = (given: string | undefined) =>
    given !== undefined && /^\d{1,7}(\.\d+)?$/.test(given) ? Number(given) : undefined;
  const login = (): Login => {
    const given = named.get('credentials')?.replaceAll('-', ' ');
    const credentials = credentialKinds.find((kind) => kind.replaceAll('-', ' ') === given);
    if (credentials !== undefined) named.delete('credentials');
    return credentials === undefined ? {} : { credentials };
  };
  const given = <Name extends string>(name: Name): { readonly [Key in Name]?: string } => {
    const value = take(name);
    return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]?: string });
  };
  const step = ((): ScriptStep | undefined => {
    if (word === 'list' && first === undefined) return { do: 'list', ...login() };
    const pause = seconds(first);
    if (word === 'wait' && pause !== undefined && second === undefined) return { do: 'wait', seconds: pause };
    if (task === undefined) return undefined;
    if (word === 'create' && phase) {
      const fails = take('cancel_fails') === undefined ? {} : { cancelFails: true as const };
      return { do: 'create', task, phase, ...given('ttl'), ...fails };
    }
    if (word === 'move' && phase) return { do: 'move', task, phase };
    const age = seconds(second);
    if (word === 'age' && age !== undefined) return { do: 'age', task, seconds: age };
    if (second !== undefined) return undefined;
    if (word === 'read') return { do: 'read', task, ...given('verbose'), ...given('ttl'), ...login() };
    if (word === 'cancel') return { do: 'cancel', task, ...given('force'), ...login() };
    return word === 'get-cancel' || word === 'remove' ? { do: word, task } : undefined;
  })();
  return named.size === 0 ? step : undefined;
}

const isPhase = (word: string): boolean => phases.some((phase) => phase === word);

/** `force=false`, or `force` for `force=true`. */
const pairOf = (word: string): [string, string] => {
  const at = word.indexOf('=');
  return at < 0 ? [word, 'true'] : [word.slice(0, at), word.slice(at + 1)];
};

/** The same script, its tasks numbered from 0 on. */
export function renumbered(script: Script): Script {
  const numbers = new Map([...new Set(script.flatMap(tasksOf))].map((task, index) => [task, index]));
  const plain = (step: ScriptStep): ScriptStep => {
    if (step.do === 'together') return { ...step, steps: step.steps.map(plain) };
    return 'task' in step ? { ...step, task: numbers.get(step.task) ?? step.task } : step;
  };
  return script.map(plain);
}

/** How large a script is: what shrinking makes smaller. */
export const sizeOf = (script: Script): number => script.length + scriptText(script).length / 1000;

/** Smaller scripts: without some steps, with a plainer step, with steps one after another. The smallest first. */
export function smallerThan(script: Script): readonly Script[] {
  const smaller: Script[] = [];
  for (let length = Math.floor(script.length / 2); length >= 1; length = Math.floor(length / 2))
    for (let at = 0; at + length <= script.length; at += length) smaller.push(script.toSpliced(at, length));
  for (const task of new Set(script.flatMap(tasksOf)))
    smaller.push(script.filter((step) => !tasksOf(step).includes(task)));
  for (const [at, step] of script.entries())
    for (const plainer of plainerThan(step)) smaller.push(script.toSpliced(at, 1, ...plainer));
  for (const [at, step] of script.entries())
    if (step.do === 'move')
      smaller.push(
        script
          .toSpliced(at, 1)
          .map((one) =>
            one.do === 'create' && one.task === step.task ? { ...one, phase: step.phase } : one,
          ),
      );
  return smaller.filter((one) => one.length > 0).toSorted((a, b) => sizeOf(a) - sizeOf(b));
}

function plainerThan(step: ScriptStep): readonly (readonly ScriptStep[])[] {
  if (step.do === 'together')
    return [
      step.steps,
      ...step.steps.map((_, at) => [{ ...step, steps: step.steps.toSpliced(at, 1) }]),
    ].filter((steps) => steps.length > 0);
  return (['verbose', 'ttl', 'force', 'credentials', 'cancelFails'] as const)
    .filter((name) => name in step)
    .map((name) => [Object.fromEntries(Object.entries(step).filter(([key]) => key !== name)) as ScriptStep]); // optional all
}
