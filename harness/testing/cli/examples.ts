/** What the tests of the examples share: targets, folders, and the scripts run as they stand with this checkout's program. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { realClock } from '../../http/clock.ts';
import { mutants } from '../../reference/mutants.ts';
import { startReference } from '../../reference/reference.ts';
import type { Ended } from './program.ts';

export const login = { user: 'somebody', password: 's3cret-word' };
export const credentials = { CRDB_USER: login.user, CRDB_PASSWORD: login.password };
/** @param name a path below examples/ */
export const pathOf = (name: string): string =>
  fileURLToPath(new URL(name, new URL('../../../examples/', import.meta.url)));
export const readExample = (name: string): string => readFileSync(pathOf(name), 'utf8');
export const program = pathOf('../harness/cli.js');
export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'crdb-examples-'));

/** A server that keeps the contract, or one that answers unknown tasks with 500. */
export function startServer(kind: 'faithful' | 'faulty', port = 0) {
  const rules = mutants.find(({ id }) => id === 'read-unknown-is-500')?.rules;
  if (!rules) throw new Error('there is no such faulty server');
  const options = { clock: realClock(), epochMs: Date.now(), port, ...login };
  return startReference(kind === 'faulty' ? { ...options, rules } : options);
}

/** Runs a command in a folder where `npx … crdb-conformance` and `crdb-conformance` are this checkout's program. */
export async function run(
  [command = '', ...args]: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const bin = join(cwd, '.bin');
  mkdirSync(bin, { recursive: true });
  const start = `exec "${process.execPath}" "${program}" "$@"\n`;
  const scripts = {
    npx: `#!/bin/sh\nuntil [ "$1" = crdb-conformance ]; do shift; done\nshift\n${start}`,
    'crdb-conformance': `#!/bin/sh\n${start}`,
  };
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), script);
    chmodSync(join(bin, name), 0o755);
  }
  const PATH = `${bin}:${dirname(process.execPath)}:${process.env.PATH}`;
  const child = spawn(command, args, {
    cwd,
    env: { PATH, HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { code, out, err };
}

export interface ServedExample {
  /** Without a slash at its end. */
  readonly url: string;
  end(): void;
}

/** Starts a server as its README says. @throws {Error} it ended instead of printing its URL */
export function serve([command = '', ...args]: readonly string[]): Promise<ServedExample> {
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (piece: string) => {
        output += piece;
        const url = /^http:\/\/\S+$/m.exec(output)?.[0];
        if (url) resolve({ url, end: () => void child.kill() });
      });
    child.on('error', reject);
    child.on('close', () => reject(new Error(`it ended: ${output}`)));
  });
}

/** GitHub's own parsers are made for bundlers: they import JSON without its import attribute. */
const hooks = registerHooks({
  load: (url, context, next) =>
    next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context),
});
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import(
  '@actions/workflow-parser'
);
const { parseAction } = await import('@actions/workflow-parser/actions/action-parser');
hooks.deregister();

interface Parsed {
  readonly context: { readonly errors: { getErrors(): readonly { readonly message: string }[] } };
}
const problemsOf = ({ context }: Parsed): readonly string[] =>
  context.errors.getErrors().map(({ message }) => message);

/** What GitHub reads in a workflow, and what it would say is wrong with it. */
export async function githubWorkflow(content: string) {
  const parsed = parseWorkflow({ name: 'workflow.yml', content }, new NoOperationTraceWriter());
  const { context, value } = parsed;
  if (!value) throw new Error('it holds no workflow');
  return { problems: problemsOf(parsed), ...(await convertWorkflowTemplate(context, value)) };
}

/** What GitHub would say is wrong with an action. */
export const githubActionProblems = (content: string): readonly string[] =>
  problemsOf(parseAction({ name: 'action.yml', content }, new NoOperationTraceWriter()));
