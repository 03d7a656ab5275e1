/** A doctor within the test's own process, and targets for it to look at. */
import type { ServerResponse } from 'node:http';
import { expect } from 'vitest';
import { type Doctored, type DoctorFlags, doctor } from '../../cli/doctor.ts';
import { realClock } from '../../http/clock.ts';
import { type ReferenceOptions, startReference } from '../../reference/reference.ts';
import { listeningTerminal } from './terminal.ts';

export const login = { user: 'somebody', password: 's3cret-word' };
export const env = { CRDB_PASSWORD: login.password, CRDB_USER: login.user };
export const reference = (more: Partial<ReferenceOptions> = {}) =>
  startReference({ clock: realClock(), epochMs: Date.now(), ...login, ...more });

/** What a run could test is simulated, which costs little for one clause. */
const oneClause = { clause: ['list.status.200'] };

/** What it says to a person; and the steps, as it says them to a program. */
export async function asked(
  flags: DoctorFlags,
  around: Readonly<Record<string, string>> = env,
  interrupt = new AbortController().signal,
) {
  const io = { ...listeningTerminal(), env: around, interrupt };
  const code = await doctor(flags, io);
  expect(io.said.out + io.said.err).not.toContain(login.password);
  return { code, out: io.said.out };
}

export const seen = (flags: DoctorFlags): Promise<Doctored> => seenOfAll({ ...oneClause, ...flags });

/** The same, with what a run of all clauses could test. */
export async function seenOfAll(flags: DoctorFlags): Promise<Doctored> {
  const { code, out } = await asked({ ...flags, json: true });
  const { schema, targets }: { schema: string; targets: Doctored[] } = JSON.parse(out);
  const [one] = targets;
  if (!one) throw new Error('it looked at nothing');
  expect({ schema, code }).toEqual({ schema: 'crdb-conformance/doctor@1', code: one.exitCode });
  return one;
}

export const stepsOf = ({ nodes }: Doctored) => nodes.at(-1)?.steps ?? [];
export const marks = (one: Doctored) =>
  Object.fromEntries(stepsOf(one).map(({ step, mark }) => [step, mark]));
export const said = (one: Doctored, wanted: string): string => {
  const looked = stepsOf(one).find(({ step }) => step === wanted);
  return `${looked?.says} → ${looked?.remedy}`;
};

/** A target that knows our login, and nothing but lists no task; what else it does is said. */
export function mock({
  response,
  more,
}: {
  response: ServerResponse;
  more: (path: string) => boolean;
}): void {
  const { url = '', headers } = response.req;
  if (headers.authorization === undefined) response.writeHead(401).end();
  else if (more(url)) return;
  else if (url === '/v1/crdb_tasks')
    response.writeHead(200, { 'content-type': 'application/json' }).end('[]');
  else response.writeHead(404).end();
}
