/** An answer before it goes over the wire, and the bodies of refusals. */
import type { TransportRules } from './rules.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const emptyReply = (status: number, headers: Reply['headers'] = {}): Reply => ({
  status,
  headers,
  body: '',
});

export const jsonReply = (status: number, value: unknown, mediaType = 'application/json'): Reply => ({
  status,
  headers: { 'Content-Type': mediaType },
  body: JSON.stringify(value),
});

/** The code of a refusal and what it says to people. */
interface Words {
  readonly code: string;
  readonly text: string;
}

const byStatus: Readonly<Record<number, Words>> = {
  400: { code: 'bad_request', text: 'The request is malformed.' },
  401: { code: 'unauthorized', text: 'Valid credentials are needed.' },
  404: { code: 'task_not_found', text: 'There is no such task.' },
  405: { code: 'method_not_allowed', text: 'The path does not know this method.' },
  406: { code: 'task_not_cancellable', text: 'The task can no longer be cancelled.' },
  409: { code: 'cancel_failed', text: 'The task could not be cancelled.' },
};
const other: Words = { code: 'refused', text: 'The request was refused.' };

/** A refusal in the family of bodies that the rules ask for. */
export function refusal(status: number, rules: TransportRules, headers: Reply['headers'] = {}): Reply {
  if (rules.refusalBody === 'none') return emptyReply(status, headers);
  const { code, text } = byStatus[status] ?? other;
  const reply =
    rules.refusalBody === 'error'
      ? jsonReply(status, { error_code: code, description: text })
      : jsonReply(status, problem(status, code, text), 'application/problem+json');
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

const problem = (status: number, title: string, detail: string) => ({
  type: 'about:blank',
  title,
  status,
  detail,
});
