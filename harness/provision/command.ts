/**
 * Tasks by a program of the user: it gets the phase, makes such a task, and prints its id on standard output. The
 * harness may then read, age (by waiting) and cancel the task.
 */
import { spawn } from 'node:child_process';
import { parsedJson, textOf } from '../../spec/record.ts';
import { semaphore } from '../http/environment.ts';
import { LostRace, Unreachable } from '../model/errors.ts';
import { type Phase, phases, type Task, type Wish } from '../model/task.ts';
import { isAskable } from './existing-tasks.ts';
import type { Provisioner, Requester } from './provisioner.ts';

export interface CommandOptions {
  /** What `sh -c` runs; the phase is its last argument, and `CRDB_RESULT_TTL` is set if the task needs a TTL. */
  readonly command: string;
  /** How long it may take for one task. */
  readonly limitMs: number;
  /** Environment variables that describe the target. */
  readonly env: Readonly<Record<string, string>>;
}

/** How many programs run at the same time. */
const lanes = 4;
/** How many characters of its output an error shows. */
const mostShown = 500;
/** How many characters of its output are read. */
const mostRead = 64 * 1024;
/** The exit code of a program that can't make a task in this phase: the check is skipped. */
const unreachableCode = 3;

export function commandProvisioner(asker: Requester, options: CommandOptions): Provisioner {
  return withTurn(asker, options, semaphore(lanes));
}

function withTurn(
  asker: Requester,
  options: CommandOptions,
  turn: ReturnType<typeof semaphore>,
): Provisioner {
  const provision = (phase: Phase, wish: Wish = {}): Promise<Task> => {
    if (wish.cancelFails)
      throw new Unreachable('command: a program can make no task whose cancel fails (cancel_failure)');
    return turn(async () => {
      const ended = await run(phase, wish.resultTtlS, options);
      const { id, guid } = taskIn(phase, ended);
      asker.hold(id);
      return { id, ...(guid === undefined ? {} : { guid }), held: false, history: [{ phase }], agedS: 0 };
    });
  };
  return {
    name: 'command',
    forRequester: (other) => withTurn(other, options, turn),
    reaches: new Set(phases),
    capabilities: phases,
    provision: async (phase, wish) => provision(phase, wish),
    existing: async (phase) => provision(phase),
    remove: async () => 'not', // the program removes what it made
  };
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly tookTooLong: boolean;
}

function run(
  phase: Phase,
  resultTtlS: number | undefined,
  { command, limitMs, env }: CommandOptions,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', `${command} "$1"`, 'sh', phase], {
      env: {
        ...process.env,
        ...env,
        ...(resultTtlS === undefined ? {} : { CRDB_RESULT_TTL: String(resultTtlS) }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // its own process group: what it started is killed with it
    });
    const said = { out: '', err: '' };
    let tookTooLong = false;
    const hear = (stream: 'out' | 'err') => (text: string) => {
      if (said[stream].length < mostRead) said[stream] += text;
    };
    child.stdout.setEncoding('utf8').on('data', hear('out'));
    child.stderr.setEncoding('utf8').on('data', hear('err'));
    const timer = setTimeout(() => {
      tookTooLong = true;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, limitMs);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(
        new LostRace(`command: the program could not be started: ${error.message}`, { byChance: false }),
      );
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, ...said, tookTooLong });
    });
  });
}

/** @throws {Unreachable} its exit code is {@link unreachableCode} @throws {LostRace} it failed, or printed no task */
function taskIn(
  phase: Phase,
  { code, out, err, tookTooLong }: Ended,
): { readonly id: string; readonly guid?: string } {
  const stderr = err.trim() === '' ? '' : `: ${err.trim().slice(-mostShown)}`;
  if (code === unreachableCode) throw new Unreachable(`command: the program makes no ${phase} task${stderr}`);
  const failed = (why: string) =>
    new LostRace(`command: the program for a ${phase} task ${why}${stderr}`, { byChance: false });
  if (tookTooLong) throw failed('did not end in time');
  if (code !== 0) throw failed(`ended with exit code ${code}, expected 0`);
  const value = parsedJson(out);
  const id = textOf(value, 'id');
  if (id === undefined || !isAskable(id))
    throw failed(`printed ${JSON.stringify(out.trim().slice(0, mostShown))}, expected {"id":"…"}`);
  const guid = textOf(value, 'crdb_guid');
  return { id, ...(guid === undefined ? {} : { guid }) };
}
