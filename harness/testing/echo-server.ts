/** A server that answers every request with given texts in every place of its answer: bodies, header names and values. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Listening, listening } from '../reference/http-server.ts';

/** A header value holds printable latin1 alone; a name is a token. */
const isValue = (text: string): boolean => /^[ -~\u00a0-\u00ff]+$/.test(text);
const isName = (text: string): boolean => /^[\w!#$%&'*+.^`|~-]+$/.test(text);

/** Some answers are 200 and a list of tasks; others refuse, in JSON or in plain text. */
export async function startEchoServer(texts: readonly string[]): Promise<Listening & AsyncDisposable> {
  let answered = 0;
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const at = answered++;
    request.resume();
    for (const text of texts.filter(isName)) response.setHeader(`x-${text}`, 'name');
    response.setHeader('x-values', texts.filter(isValue));
    response.setHeader('www-authenticate', `Basic realm="${texts.filter(isValue)[at % texts.length] ?? ''}"`);
    response.setHeader('server', `echo/${texts.filter(isValue)[0]}`);
    const { method = '', url = '' } = request;
    const said = texts[at % texts.length] ?? '';
    const task = (id: string) => ({
      id,
      crdb_guid: said,
      status: 'finished',
      errors: [{ description: said, [said]: said }],
    });
    const [status, type, body] =
      method === 'GET' && /\/v1\/crdb_tasks\/?$/.test(url)
        ? [200, 'application/json', JSON.stringify(texts.map(task))]
        : method === 'GET' && url.endsWith('/v1/crdbs')
          ? [200, 'application/json', '[]']
          : method === 'GET' && url.includes('/v1/crdb_tasks/') && at % 3 === 0
            ? [200, 'application/json', JSON.stringify(task(said))]
            : at % 3 === 1
              ? [
                  400,
                  'application/json',
                  JSON.stringify({ description: `\u001b[31m${said}\u001b[0m\n\u202e${said}` }),
                ]
              : [404, 'text/plain', `${'x'.repeat(at % 1100)}${texts.join('\n')}`];
    response.writeHead(status, { 'content-type': type }).end(body);
  };
  const server = createServer(answer);
  const { url, close } = await listening(server, { host: '127.0.0.1', port: 0, scheme: 'http' });
  return { url, close, [Symbol.asyncDispose]: close };
}
