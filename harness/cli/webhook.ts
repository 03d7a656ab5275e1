/** Tells a webhook. Its URL is a secret: it shows in no output, whatever goes wrong. */
import { UserError } from '../model/errors.ts';
import type { Terminal } from './terminal.ts';

const limitMs = 10_000;

/** @throws {UserError} exit 2: the variable holds no URL */
export function webhookUrl(variable: string, env: NodeJS.ProcessEnv): URL {
  const value = Object.hasOwn(env, variable) ? env[variable] : undefined;
  if (value === undefined || value === '')
    throw new UserError(
      `The webhook’s URL is to come from the environment, and ${variable} is ${value === undefined ? 'not set' : 'empty'}.`,
      `Set ${variable}, or name another variable with --notify-url-env.`,
      2,
    );
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new UserError(
    `${variable} holds no URL of a webhook.`, // and it is not shown
    'It begins with https://',
    2,
  );
}

/** Sends a message, where there is one; a failure is told and changes nothing else. */
export async function notify(
  url: URL,
  message: object | undefined,
  io: Pick<Terminal, 'error'>,
  timeoutMs = limitMs,
): Promise<void> {
  if (!message) return;
  const problem = await problemOf(url, message, timeoutMs);
  if (problem !== undefined)
    io.error(
      `The webhook was not told what changed: ${problem}.\nThe run’s reports and its exit code are as without it.\n`,
    );
}

async function problemOf(url: URL, message: object, timeoutMs: number): Promise<string | undefined> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(message),
      redirect: 'manual', // a secret is not handed on to another place
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.body?.cancel();
    return answer.ok ? undefined : `it answered ${answer.status}`;
  } catch (error) {
    return why(error, timeoutMs);
  }
}

/** The words of an error may hold the URL or its host: its code alone is told. */
function why(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return 'it could not be reached';
  if (error.name === 'TimeoutError') return `it did not answer within ${timeoutMs / 1000} s`;
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return `it could not be reached${typeof code === 'string' ? ` (${code})` : ''}`;
}
