/**
 * `npm run clients`: calls each function of the published Rust crate for this API on the reference cluster, through a
 * monitor, and compares the results with docs/clients.md. The crate is compiled first, which takes minutes: no test does it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { monitorConformance } from '../../harness/api/monitor.ts';
import { realClock } from '../../harness/http/clock.ts';
import { contractBut, type RulesChange } from '../../harness/reference/contract.ts';
import { startReference } from '../../harness/reference/reference.ts';
import type { Field, Rules, TaskBody } from '../../harness/reference/rules.ts';

/** The result of one call of the crate; `says` is its error message. */
interface CallResult {
  readonly call: string;
  readonly ok: boolean;
  readonly says?: string;
}

type Measured = Readonly<Record<string, true | RegExp>>;

/** The calls that parse a task. */
const reading = (outcome: true | RegExp): Measured => ({
  list: outcome,
  list_by_crdb: outcome,
  get: outcome,
  'get of a finished task': outcome,
});

/** Independent of the fields of a task. */
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

/** Servers that all keep the contract, and the results of redis-enterprise 0.10.0; docs/clients.md explains them. */
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

/** Asynchronous: the reference cluster in this process must answer meanwhile. */
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
    `${error}\nInstall cargo (https://rustup.rs). The first build needs crates.io and some minutes.`,
  );
  process.exit(2);
}

/** The results of all calls on one server, and what a monitor between both holds against the server. */
async function outcomesOn(
  rules: Rules,
): Promise<{ readonly outcomes: readonly CallResult[]; readonly violations: readonly string[] }> {
  await using server = await startReference({ clock: realClock(), epochMs: Date.now(), rules });
  const running = server.tasks.create({ phase: 'running' });
  const others = [server.tasks.create({ phase: 'committing' }), server.tasks.create({ phase: 'finished' })];
  const monitor = await monitorConformance({ target: server.url, soleClient: true });
  const ids = [running, ...others].map(({ id }) => id);
  const env = { CRDB_TARGET: monitor.url, CRDB_USER: server.user, CRDB_PASSWORD: server.password };
  const said = await cargo(['run', '--quiet', '--locked', '--', ...ids, running.guid], env);
  const { run } = await monitor.verdict(); // it throws where a must clause is broken
  console.log(`  ${run.traffic?.exchanges} exchanges went through a monitor`);
  const outcomes = said
    .trim()
    .split('\n')
    .map((line): CallResult => JSON.parse(line));
  return { outcomes, violations: monitor.violations };
}

const isAsMeasured = (wanted: true | RegExp | undefined, { ok, says = '' }: CallResult): boolean =>
  wanted === true ? ok : wanted !== undefined && !ok && wanted.test(says);

let surprises = 0;
for (const { server, rules, makes } of trials) {
  console.log(`\nOn ${server}:`);
  const { outcomes, violations } = await outcomesOn(rules);
  for (const outcome of outcomes) {
    const { call, ok, says = '' } = outcome;
    const isSurprise = !isAsMeasured(makes[call], outcome);
    if (isSurprise) surprises++;
    console.log(
      `  ${ok ? 'ok   ' : 'error'}  ${call}${ok ? '' : `: ${says}`}${isSurprise ? '  ← not as docs/clients.md says' : ''}`,
    );
  }
  for (const violation of violations) console.log(`  ${violation}  ← a false alarm of the monitor`);
  surprises += violations.length;
  const called = new Set(outcomes.map(({ call }) => call));
  const uncalled = Object.keys(makes).filter((call) => !called.has(call));
  for (const call of uncalled) console.log(`  not called: ${call}`);
  surprises += uncalled.length;
}
process.exit(surprises === 0 ? 0 : 1);
