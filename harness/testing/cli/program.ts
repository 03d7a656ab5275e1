/** The real program in a process of its own, as a user starts it, in a folder of the test's own. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { codeRoot, pathOf } from '../../model/package.ts';
import type { Report } from '../../model/report.ts';
import { freshFolder } from '../temporary-folder.ts';

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface StartedProgram {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
}

/** Where programs run that name no folder: what they write goes there, and not into the checkout. */
export const scratch = freshFolder();

const { PATH = '', HOME = '' } = process.env;
const surroundings = {
  PATH,
  HOME,
  TMPDIR: tmpdir(),
  NODE_COMPILE_CACHE: join(tmpdir(), 'crdb-conformance-compile-cache'), // or each start would strip the types anew
};

/** Starts it. Nothing of this process's environment is handed on. */
export function start(
  args: readonly string[],
  { env = {}, stdin = '', cwd = scratch }: Surroundings = {},
): StartedProgram {
  mkdirSync(cwd, { recursive: true });
  const child = spawn(process.execPath, [pathOf(new URL('harness/cli.js', codeRoot)), ...args], {
    cwd,
    env: { ...surroundings, ...env },
    timeout: 500_000, // ms; a program that hangs ends before the time limit of its test
    killSignal: 'SIGKILL',
  });
  child.stdin.on('error', () => {}); // it may end before it has read
  child.stdin.end(stdin);
  return { child, ended: ending(child) };
}

async function ending(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  const [code] = await once(child, 'close');
  return { code, ...said };
}

export const program = (args: readonly string[], around?: Surroundings): Promise<Ended> =>
  start(args, around).ended;

/** Asserts the exit code and what is said on standard error: for people, so never a stack. */
export function expectSaid({ code, out, err }: Ended, exitCode: number, words: readonly string[]): void {
  expect({ code, err }).toEqual({ code: exitCode, err: expect.any(String) });
  for (const word of words) expect(err).toContain(word);
  expect(out + err).not.toMatch(/^ +at /m);
}

/** The report that a run left in `folder`. */
export const reportIn = (folder: string): Report =>
  JSON.parse(readFileSync(join(folder, 'reports/out/report.json'), 'utf8'));
