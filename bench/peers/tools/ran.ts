/** Runs a tool to its end, within bounds. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Ran {
  /** null: it was ended because its time was up. */
  readonly code: number | null;
  readonly output: string;
}

/** More than ten times what any of them takes for a server on an idle machine. */
const longestMs = 300_000;

export async function ran(
  command: string,
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Ran> {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, NO_COLOR: '1', CI: 'true', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: longestMs,
    killSignal: 'SIGKILL',
  });
  let output = '';
  const gather = (text: string): void => {
    output += text;
  };
  child.stdout.setEncoding('utf8').on('data', gather);
  child.stderr.setEncoding('utf8').on('data', gather);
  const [code]: readonly (number | null)[] = await once(child, 'close');
  return { code: code ?? null, output };
}
