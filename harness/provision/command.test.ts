import { describe, expect, test } from 'vitest';
import { realClock } from '../http/clock.ts';
import { LostRace, Unreachable } from '../model/errors.ts';
import type { Phase } from '../model/task.ts';
import { startReference } from '../reference/reference.ts';
import { commandProvisioner } from './command.ts';
import type { Requester } from './provisioner.ts';

/** The program, and the ids that were handed over. */
function by(command: string, limitMs = 20_000, env: Record<string, string> = {}) {
  const held: string[] = [];
  const asker: Requester = {
    send: () => Promise.reject(new Error('nothing is sent')),
    newId: () => 'no id is asked for',
    hold: (id) => held.push(id),
    wait: async () => {},
  };
  return { held, ...commandProvisioner(asker, { command, limitMs, env }) };
}

describe('what the program says', () => {
  test('is the task, in the phase that it was given, and the harness’s from then on', async () => {
    const { provision, held } = by(`f() { echo '{"id":"task-'"$1"'","crdb_guid":"g"}'; }; f`);
    const task = await provision('running');
    expect(task).toEqual({
      id: 'task-running',
      guid: 'g',
      held: false,
      history: [{ phase: 'running' }],
      agedS: 0,
    });
    expect(held).toEqual(['task-running']);
  });

  test('a wish for a result TTL is in its environment', async () => {
    const { provision } = by(`f() { printf '{"id":"ttl %s"}' "\${CRDB_RESULT_TTL:-none}"; }; f`);
    const ids = [(await provision('finished', { resultTtlS: 60 })).id, (await provision('finished')).id];
    expect(ids).toEqual(['ttl 60', 'ttl none']);
  });

  test.each([
    { why: 'no JSON', command: 'echo', says: 'printed "running", expected' },
    { why: 'no id', command: "f() { echo '{}'; }; f", says: 'printed "{}", expected' },
    { why: 'an id that is none', command: `f() { echo '{"id":7}'; }; f`, says: 'expected {"id"' },
    {
      why: 'a failure',
      command: 'f() { echo sorry >&2; exit 7; }; f',
      says: 'ended with exit code 7, expected 0: sorry',
    },
    { why: 'no such program', command: './no-such-program', says: 'ended with exit code 127' },
  ])('$why: told, and no task', async ({ command, says }) => {
    const { provision, held } = by(command);
    const failed: unknown = await provision('running').catch((error: unknown) => error);
    expect([failed instanceof LostRace, `${failed}`, held]).toEqual([
      true,
      expect.stringContaining(says),
      [],
    ]);
  });

  test('exit code 3 is no failure: such a task can’t be made', async () => {
    const { provision } = by('f() { echo "not on this cluster" >&2; exit 3; }; f');
    const said: unknown = await provision('committing').catch((error: unknown) => error);
    expect([said instanceof Unreachable, `${said}`]).toEqual([
      true,
      expect.stringContaining('no committing task: not on this cluster'),
    ]);
  });

  test('one that doesn’t end is ended, with all that it started', async () => {
    const { provision } = by('f() { echo thinking >&2; sleep 600 | cat; }; f', 300);
    await expect(provision('running')).rejects.toThrow('did not end in time: thinking');
  });
});

describe('the examples', () => {
  const tell = ({ url, user, password }: { url: string; user: string; password: string }) => ({
    CRDB_TARGET: url,
    CRDB_USER: user,
    CRDB_PASSWORD: password,
  });

  test('task.sh makes a task in any phase on a mock with the control protocol', async () => {
    await using mock = await startReference({ clock: realClock() });
    const { provision } = by('examples/command/task.sh', 20_000, tell(mock));
    for (const phase of [
      'queued',
      'running',
      'committing',
      'finished',
      'failed',
    ] as const satisfies Phase[]) {
      const { id, guid } = await provision(phase);
      const made = mock.tasks.get(id);
      expect([made?.marks.at(-1)?.phase, made?.guid]).toEqual([phase, guid]);
    }
    const { id } = await provision('finished', { resultTtlS: 60 });
    expect(mock.tasks.get(id)?.resultTtlS).toBe(60);
  });

  test('task.py makes tasks by the operations of a real cluster, and says which it can’t', async () => {
    const takesMs = { queued: 10, running: 30, committing: 20 };
    await using cluster = await startReference({ clock: realClock(), crdbs: { takesMs } });
    const CRDB_GUID = `${cluster.side?.databases.plant({ name: 'for tests' })}`;
    const { provision } = by('python3 examples/command/task.py', 20_000, { ...tell(cluster), CRDB_GUID });
    const { id, guid } = await provision('finished', { resultTtlS: 60 });
    const made = cluster.tasks.get(id);
    expect([made?.marks.at(-1)?.phase, made?.resultTtlS, guid]).toEqual(['finished', 60, CRDB_GUID]);
    await expect(provision('committing')).rejects.toThrow('the program makes no committing task');
  });
});
