/**
 * Tasks by a program of the user's: it is given the phase, makes such a task however it can, and says on its standard
 * output which one it is. The task is then the harness's: it may be read, aged by waiting, and cancelled.
 */
import { spawn } from 'node:child_process';
import { semaphore } from '../http/environment.ts';
import { LostRace, Unreachable } from '../model/errors.ts';
import { type Phase, phases, type Task } from '../model/task.ts';
import { textOf } from './databases.ts';
import type { Provisioner, Requester } from './provisioner.ts';

export interface CommandOptions {
  /** What `sh -c` runs; the phase is its last argument, and `CRDB_RESULT_TTL` in its environment where one is wished. */
  readonly command: string;
  /** How long it may take for one task, in milliseconds. */
  readonly limitMs: number;
  /** What it is told of the target, by its environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** So many at a time. */
const lanes = 4;
/** So much of what it says on its standard error is told, in characters. */
const mostTold = 500;
/** So much of its standard output is read, in characters. */
const mostRead = 64 * 1024;
/** A program that says that it can't make such a task ends with this code: nothing failed. */
export const unreachableCode = 3;

export function commandProvisioner(asker: Requester, options: CommandOptions): Provisioner {
  return withTurn(asker, options, semaphore(lanes));
}

function withTurn(
  asker: Requester,
  options: CommandOptions,
  turn: ReturnType<typeof semaphore>,
): Provisioner {
  const provision = (
    phase: Phase,
    wish: { resultTtlS?: number; cancelFails?: boolean } = {},
  ): Promise<Task> => {
    if (wish.cancelFails)
      throw new Unreachable('command: a program is not asked for a task whose cancel fails (cancel_failure)');
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
    remove: async () => 'not', // what the program made is the program's to remove
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
      detached: true, // so that what it started ends with it
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
      reject(new LostRace(`command: it could not be started: ${error.message}`, { byChance: false }));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, ...said, tookTooLong });
    });
  });
}

/** @throws {Unreachable} it says that it can't @throws {LostRace} it failed, or said nothing that can be used */
function taskIn(
  phase: Phase,
  { code, out, err, tookTooLong }: Ended,
): { readonly id: string; readonly guid?: string } {
  const told = err.trim() === '' ? '' : `: ${err.trim().slice(-mostTold)}`;
  if (code === unreachableCode) throw new Unreachable(`command: it makes no ${phase} task${told}`);
  const failed = (why: string) =>
    new LostRace(`command: asked for a ${phase} task, it ${why}${told}`, { byChance: false });
  if (tookTooLong) throw failed('did not end in time');
  if (code !== 0) throw failed(`ended with ${code}`);
  const value = parsed(out);
  const id = textOf(value, 'id');
  if (id === undefined || id === '')
    throw failed(`said ${JSON.stringify(out.trim().slice(0, mostTold))}, and not {"id":"…"}`);
  const guid = textOf(value, 'crdb_guid');
  return { id, ...(guid === undefined ? {} : { guid }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
