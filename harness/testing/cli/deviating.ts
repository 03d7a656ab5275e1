/** A reference cluster over HTTP whose answers are changed on their way. */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { realClock } from '../../http/clock.ts';
import { type Listening, listening } from '../../reference/http-server.ts';
import { type DirectReference, directReference } from '../../reference/reference.ts';

type DirectCall = Parameters<DirectReference['answer']>[0];
type DirectAnswer = Awaited<ReturnType<DirectReference['answer']>>;

export interface DeviatingTarget
  extends Listening,
    AsyncDisposable,
    Pick<DirectReference, 'user' | 'password' | 'tasks'> {}

/** @param answer gives the answer in place of the cluster, which it may ask; undefined: the connection is cut */
export async function startDeviating(
  answer: (
    call: DirectCall,
    ask: (call: DirectCall) => Promise<DirectAnswer>,
  ) => Promise<DirectAnswer | undefined>,
): Promise<DeviatingTarget> {
  const reference = directReference({ clock: realClock(), epochMs: Date.now() });
  const ask = (call: DirectCall) => reference.answer(call, new AbortController().signal);
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const body = await text(request);
    const given = await answer(
      {
        method: method as DirectCall['method'], // any method: the cluster refuses those that it does not know
        path: url,
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
        ...(body === '' ? {} : { body }),
      },
      ask,
    );
    if (!given) request.socket.destroy();
    else response.writeHead(given.status, given.headers).end(given.body);
  });
  const { url, close } = await listening(server, { host: '127.0.0.1', port: 0, scheme: 'http' });
  const { user, password, tasks } = reference;
  return { url, close, user, password, tasks, [Symbol.asyncDispose]: close };
}
