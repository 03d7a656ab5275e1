/** Answers whose words would do harm: on a terminal, in a path, in an object, in an XML document. */
import { answering, everything, type Hostile, raw, type Turn } from './hostile.ts';

const escapes = '\u001b[2J\u001b[31m\u0007\u0000\u0008\u009b1m\u202e\u2028]]><!--&amp;\ufffe\r\n::error::';
/** JSON hides controls behind escapes; they are there again once it is read. */
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Changes the text of the right answer, where it has one. */
const rewriting = (change: (body: string) => string) => (turn: Turn) =>
  answering(turn, { body: turn.reply.body === '' ? '' : change(turn.reply.body) });

/** A server without the control protocol, whose only tasks are these. */
const showing = (ids: readonly string[]) => (turn: Turn) => {
  const rows = ids.map((id) => ({ id, status: 'started' }));
  if (turn.operation === 'control') answering(turn, { status: 404, body: '' });
  else answering(turn, { body: JSON.stringify(rows) });
};

/** Adds fields to every object of the answer. */
const adding = (fields: string) => rewriting((body) => body.replace(/\{(?=")/g, `{${fields},`));

const allReads = ['list', 'read'] as const;

export const words: readonly Hostile[] = [
  {
    id: 'escapes-in-values',
    does: 'puts escape sequences, controls and XML into every status that it shows',
    spoils: allReads,
    answer: rewriting((body) => body.replace(/"status":"/g, `"status":"${inJson(escapes)}`)),
    ends: { tested: true, exit: 1, broken: ['list.schema', 'read.schema'], proven: 10 },
  },
  {
    id: 'escapes-in-ids',
    does: 'puts escape sequences, controls and XML into every id that it shows',
    spoils: allReads,
    answer: rewriting((body) => body.replace(/"id":"/g, `"id":"${inJson(escapes)}`)),
    ends: { tested: true, exit: 1, broken: ['list.holds-running', 'read.asked-id'], proven: 10 },
  },
  {
    id: 'escapes-in-names',
    does: 'puts escape sequences, controls and XML into the name of every field',
    spoils: allReads,
    answer: rewriting((body) => body.replace(/"(\w+)":/g, `"${inJson(escapes)}$1":`)),
    ends: { tested: true, exit: 1, broken: ['list.schema', 'read.schema'], proven: 10 },
  },
  {
    id: 'escapes-in-head',
    does: 'puts bytes that steer terminals into reason phrases, media types and the Server header',
    spoils: everything,
    answer: (turn) => {
      const { status, body } = turn.reply;
      const length = status === 204 ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
      const lines = ['Content-Type: text/\x9b31m', 'Server: \x9b2J]]>&<\x85', 'Connection: close'];
      const head = `HTTP/1.1 ${status} \x9b31mFine\r\n${lines.join('\r\n')}\r\n${length}\r\n`;
      raw(turn, Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]));
    },
    ends: { tested: true, exit: 1, broken: ['list.media-type', 'read.media-type'], proven: 50 },
  },
  {
    id: 'controls-in-head',
    does: 'puts an escape character into a header of one read in five',
    spoils: ['read'],
    oneIn: 5,
    answer: (turn) => raw(turn, `HTTP/1.1 200 OK\r\nX-A: \u001b[2J\u0000\r\nContent-Length: 2\r\n\r\n{}`),
    ends: { tested: true, exit: 0, broken: [], proven: 20 },
  },
  {
    id: 'prototypes',
    does: 'names fields __proto__, constructor and toString in every object',
    spoils: [...allReads, 'control'],
    answer: adding(
      '"__proto__":{"status":"finished","protocol":1},"constructor":{"prototype":{"id":"x"}},"toString":1,"hasOwnProperty":1',
    ),
    ends: { tested: true, exit: 0, broken: [], proven: 67 },
  },
  {
    id: 'same-key-twice',
    does: 'says each status twice, the wrong one first',
    spoils: allReads,
    answer: adding('"status":"no such status","id":7'),
    ends: { tested: true, exit: 0, broken: [], proven: 67 },
  },
  {
    id: 'enormous-numbers',
    does: 'adds numbers that no program can hold to every object',
    spoils: allReads,
    answer: adding(`"a":1e999999,"b":-${'9'.repeat(10_000)},"c":0.${'0'.repeat(1000)}1`),
    ends: { tested: true, exit: 0, broken: [], proven: 67 },
  },
  {
    id: 'no-utf-8',
    does: 'adds bytes that are no UTF-8 to every object',
    spoils: allReads,
    answer: ({ response, reply }) => {
      const [before = '', ...after] = reply.body.split('{"');
      const odd = Buffer.concat([
        Buffer.from('{"odd":"'),
        Buffer.of(0xff, 0xfe, 0xed, 0xa0, 0x80, 0xc0, 0xaf),
        Buffer.from('","'),
      ]);
      const body = Buffer.concat([Buffer.from(before), ...after.flatMap((rest) => [odd, Buffer.from(rest)])]);
      response.writeHead(reply.status, { ...reply.headers, 'Content-Length': body.length }).end(body);
    },
    ends: { tested: true, exit: 0, broken: [], proven: 67 },
  },
  {
    id: 'byte-order-mark',
    does: 'begins every list with a byte order mark',
    spoils: ['list'],
    answer: rewriting((body) => `\ufeff${body}`),
    ends: { tested: true, exit: 1, broken: ['list.schema'], proven: 50 },
  },
  {
    id: 'paths-as-ids',
    does: 'shows tasks whose ids look like paths, and knows none of them',
    spoils: ['list', 'control'],
    answer: showing(['../../etc/passwd', 'a/../b', '%2e%2e', '..', '.', '', '?a=b#c', '//evil.example/']),
    ends: { tested: true, exit: 0, broken: [], proven: 5 },
  },
  {
    id: 'half-a-character',
    does: 'shows tasks whose ids are half a surrogate pair',
    spoils: ['list', 'control'],
    answer: (turn) =>
      turn.operation === 'control'
        ? answering(turn, { status: 404, body: '' })
        : answering(turn, {
            body: '[{"id":"\\ud800","status":"started"},{"id":"\\udc00","status":"finished"}]',
          }),
    ends: { tested: true, exit: 0, broken: [], proven: 4 },
  },
  {
    id: 'credentials-echoed',
    does: 'repeats the login in headers and bodies',
    spoils: everything,
    answer: (turn) => {
      const { authorization = '' } = turn.request.headers;
      const login = Buffer.from(authorization.split(' ')[1] ?? '', 'base64').toString('utf8');
      const { status, body } = turn.reply;
      const said = JSON.stringify({ authorization, login }).slice(1, -1);
      turn.response.writeHead(status, {
        ...turn.reply.headers,
        'X-Login': encodeURIComponent(login),
        'X-Authorization': authorization,
      });
      turn.response.end(body.replace(/\{(?=")/g, `{${said},`));
    },
    ends: { tested: true, exit: 0, broken: [], proven: 67 },
  },
];
