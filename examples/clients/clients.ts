/**
 * `npm run clients`: the published Rust crate for this API against the reference cluster, call by call, held against what
 * docs/clients.md says of it. It is compiled first, which takes minutes once, and so is no part of `npm test`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { realClock } from '../../harness/http/clock.ts';
import { contractBut, type RulesChange } from '../../harness/reference/contract.ts';
import { startReference } from '../../harness/reference/reference.ts';
import type { Field, Rules, TaskBody } from '../../harness/reference/rules.ts';

/** What the crate makes of a call, in its own words where it is an error. */
interface Outcome {
  readonly call: string;
  readonly ok: boolean;
  readonly says?: string;
}

type Measured = Readonly<Record<string, true | RegExp>>;

/** The calls that make a task of the crate out of an answer. */
const reading = (outcome: true | RegExp): Measured => ({
  list: outcome,
  list_by_crdb: outcome,
  get: outcome,
  'get of a finished task': outcome,
});

/** Whatever the server shows of tasks. */
const always: Measured = {
  'get of an unknown task': /^Resource not found$/,
  'list as plain JSON': true,
  'tasks of a database': true,
  cancel: true,
  'cancel in the commit phase': /\(code: 406\)$/,
  'cancel with force': true,
  'cancel of a finished task': /\(code: 406\)$/,
  'cancel of an unknown task': /\(code: 404\)$/,
  'list with a wrong password': /^Unauthorized$/,
  'cancel with a wrong password': /\(code: 401\)$/,
};

const alsoOldNames = (task: TaskBody): TaskBody => ({ ...task, task_id: task.id, task_type: 'update' });
const oldNames: RulesChange = { read: { rewrite: alsoOldNames }, list: { rewriteRow: alsoOldNames } };
const showing = (...fields: readonly Field[]): RulesChange => ({
  task: { fields: { queued: fields, running: fields, committing: fields, finished: fields, failed: fields } },
});

/** Servers that all keep the contract, and what redis-enterprise 0.10.0 makes of each; docs/clients.md says why. */
const trials: readonly { readonly server: string; readonly rules: Rules; readonly makes: Measured }[] = [
  {
    server: 'the reference cluster',
    rules: contractBut({}),
    makes: { ...always, ...reading(/missing field `task_id`/) },
  },
  {
    server: 'one that shows task_id and task_type too',
    rules: contractBut(oldNames),
    makes: { ...always, ...reading(true) },
  },
  {
    server: 'the same, with tasks that show no crdb_guid, as fresh ones do on real clusters',
    rules: contractBut(oldNames, showing()),
    makes: { ...always, ...reading(/missing field `crdb_guid`/) },
  },
  {
    server: 'the same, with tasks that show their progress as documented',
    rules: contractBut(oldNames, showing('crdb_guid', 'progress')),
    makes: { ...always, ...reading(/'(\[0\]\.)?progress': invalid type: map, expected f32/) },
  },
];

const { PATH = '' } = process.env;

/** Never waited for in the way that keeps this process busy: the cluster in it has to answer. */
async function cargo(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const child = spawn('cargo', args, {
    cwd: fileURLToPath(new URL('./rust', import.meta.url)),
    env: { ...process.env, PATH: [PATH, join(homedir(), '.cargo/bin')].join(delimiter), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const out = text(child.stdout);
  const [code] = await once(child, 'close');
  if (code === 0) return await out;
  throw new Error(`cargo ${args[0]} ended with ${code}`);
}

try {
  await cargo(['build', '--locked']);
} catch (error) {
  console.error(
    `${error}\nIt takes cargo (https://rustup.rs), and the first time crates.io and some minutes.`,
  );
  process.exit(2);
}

/** What the crate makes of a server, call by call. */
async function outcomesOn(rules: Rules): Promise<readonly Outcome[]> {
  await using server = await startReference({ clock: realClock(), epochMs: Date.now(), rules });
  const running = server.tasks.create({ phase: 'running' });
  const others = [server.tasks.create({ phase: 'committing' }), server.tasks.create({ phase: 'finished' })];
  const ids = [running, ...others].map(({ id }) => id);
  const env = { CRDB_TARGET: server.url, CRDB_USER: server.user, CRDB_PASSWORD: server.password };
  const said = await cargo(['run', '--quiet', '--locked', '--', ...ids, running.guid], env);
  return said
    .trim()
    .split('\n')
    .map((line): Outcome => JSON.parse(line));
}

const isAsMeasured = (wanted: true | RegExp | undefined, { ok, says = '' }: Outcome): boolean =>
  wanted === true ? ok : wanted !== undefined && !ok && wanted.test(says);

let surprises = 0;
for (const { server, rules, makes } of trials) {
  console.log(`\nOn ${server}:`);
  const outcomes = await outcomesOn(rules);
  for (const outcome of outcomes) {
    const { call, ok, says = '' } = outcome;
    const isSurprise = !isAsMeasured(makes[call], outcome);
    if (isSurprise) surprises++;
    console.log(
      `  ${ok ? 'ok   ' : 'error'}  ${call}${ok ? '' : `: ${says}`}${isSurprise ? '  ← not as docs/clients.md says' : ''}`,
    );
  }
  const told = new Set(outcomes.map(({ call }) => call));
  const uncalled = Object.keys(makes).filter((call) => !told.has(call));
  for (const call of uncalled) console.log(`  not called: ${call}`);
  surprises += uncalled.length;
}
process.exit(surprises === 0 ? 0 : 1);
