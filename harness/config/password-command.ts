/** A password by a program: what the shell runs says it on the first line of its standard output. */
import { spawn } from 'node:child_process';
import { UserError } from '../model/errors.ts';

/** A person may have to unlock a vault. In milliseconds. */
const usualPatienceMs = 120_000;
/** So much of each of its outputs is read, in characters. */
const mostRead = 64 * 1024;
/** So much of its complaint is told, in characters. */
const mostTold = 300;

/**
 * @param env what it finds in its environment
 * @returns its first line; empty where it said nothing
 * @throws {UserError} exit 2: it could not be started, failed, or took too long; never with what it said
 */
export async function saidBy(
  command: string,
  env: NodeJS.ProcessEnv,
  limitMs = usualPatienceMs,
): Promise<string> {
  const { ended, out, err } = await run(command, env, limitMs);
  if (ended === undefined) return firstLine(out);
  const complaint = withoutSaid(lastLine(err), out).replace(/\p{C}/gu, '').slice(0, mostTold);
  throw new UserError(
    `--password-command ${ended}${complaint === '' ? ', and said nothing of why' : `: ${complaint}`}.`,
    'Run the program by hand in this folder: it has to end with 0 and the password on its first line.',
    2,
  );
}

interface Said {
  /** How it failed; undefined where it didn't. */
  readonly ended: string | undefined;
  readonly out: string;
  readonly err: string;
}

function run(command: string, env: NodeJS.ProcessEnv, limitMs: number): Promise<Said> {
  return new Promise((resolve) => {
    // In our own session, so that it can ask a person at the terminal.
    const child = spawn(command, { shell: true, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { out: '', err: '' };
    const hear = (stream: 'out' | 'err') => (text: string) => {
      if (said[stream].length < mostRead) said[stream] += text;
    };
    const end = (ended: string | undefined): void => {
      clearTimeout(timer);
      child.stdout.destroy(); // what it started may hold them for ever
      child.stderr.destroy();
      resolve({ ended, ...said });
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      end(`did not end within ${limitMs / 1000} s`);
    }, limitMs);
    child.stdout.setEncoding('utf8').on('data', hear('out'));
    child.stderr.setEncoding('utf8').on('data', hear('err'));
    child.on('error', ({ message }) => end(`could not be started (${message})`));
    child.on('close', (code, signal) => end(code === 0 ? undefined : `ended with ${code ?? signal}`));
  });
}

const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0] ?? '';
const lastLine = (text: string): string => text.trim().split(/\r?\n/).at(-1)?.trim() ?? '';

/** Its complaint less whatever it said on its standard output, for that may be the password all the same. */
const withoutSaid = (complaint: string, out: string): string =>
  out
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .reduce((clean, line) => clean.replaceAll(line.trim(), '[redacted]'), complaint);
