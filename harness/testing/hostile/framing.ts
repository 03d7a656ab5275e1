/** Answers whose framing lies, stalls, or is none. */
import { everything, type Hostile, raw, type Turn } from './hostile.ts';

const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const reads = { spoils: ['read'], oneIn: 5 } as const;
/** Of a run on reads of which one in five is lost. */
const lostReads = { tested: true, exit: 0, broken: [], proven: 20 } as const;

/** One byte of the right answer each second. */
function trickle({ response, reply }: Turn): void {
  const bytes = [...Buffer.from(reply.body)];
  response.writeHead(reply.status, reply.headers).flushHeaders();
  const drip = setInterval(() => {
    const byte = bytes.shift();
    if (byte === undefined || response.destroyed) clearInterval(drip);
    else response.write(Buffer.of(byte));
  }, 1000);
}

/** Interim answers for as long as somebody reads them. */
function interim({ response }: Turn): void {
  const { socket } = response;
  const flood = 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(1000);
  const on = (): void => {
    if (socket && !socket.destroyed && socket.write(flood)) setImmediate(on);
  };
  socket?.on('drain', on);
  on();
}

export const framing: readonly Hostile[] = [
  {
    id: 'chunk-too-long',
    does: 'answers one read in five with a chunk that is shorter than it says',
    ...reads,
    answer: (turn) => raw(turn, `${head}Transfer-Encoding: chunked\r\n\r\nfffffff\r\n${turn.reply.body}`),
    ends: lostReads,
  },
  {
    id: 'chunk-of-nonsense',
    does: 'answers one read in five with a chunk whose length is more than any number',
    ...reads,
    answer: (turn) =>
      raw(turn, `${head}Transfer-Encoding: chunked\r\n\r\n${'f'.repeat(40)}\r\n{}\r\n0\r\n\r\n`),
    ends: lostReads,
  },
  {
    id: 'chunk-and-length',
    does: 'answers one read in five both with a length and in chunks',
    ...reads,
    answer: (turn) =>
      raw(turn, `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`),
    ends: lostReads,
  },
  {
    id: 'length-too-long',
    does: 'answers one read in five with fewer bytes than it says',
    ...reads,
    answer: (turn) => raw(turn, `${head}Content-Length: 1000000000000\r\n\r\n${turn.reply.body}`),
    ends: lostReads,
  },
  {
    id: 'length-too-short',
    does: 'answers one read in five with more bytes than it says, so that another answer seems to follow',
    ...reads,
    answer: (turn) =>
      raw(
        turn,
        `${head}Content-Length: ${turn.reply.body.length}\r\n\r\n${turn.reply.body}${head}Content-Length: 2\r\n\r\n{}`,
      ),
    ends: { tested: true, exit: 0, broken: [], proven: 20 },
  },
  {
    id: 'length-negative',
    does: 'answers one read in five with a length below zero',
    ...reads,
    answer: (turn) => raw(turn, `${head}Content-Length: -1\r\n\r\n${turn.reply.body}`),
    ends: lostReads,
  },
  {
    id: 'trickle',
    does: 'sends one byte a second of one read in five',
    ...reads,
    answer: trickle,
    ends: { ...lostReads, says: 'no answer within' },
  },
  {
    id: 'interim-answers',
    does: 'answers one read in five with interim answers (102) without an end',
    ...reads,
    answer: interim,
    ends: { ...lostReads, says: 'interim answers' },
  },
  {
    id: 'no-head',
    does: 'answers everything with a body alone, as before HTTP/1.0',
    spoils: everything,
    answer: (turn) => raw(turn, '<html>Hello</html>\r\n'),
    ends: { tested: false, says: ['it is not an HTTP server'] },
  },
  {
    id: 'too-early',
    does: 'answers 404 before it has read a request',
    spoils: [],
    greets: (socket) =>
      socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
    answer: () => {},
    ends: { tested: true, exit: 1, broken: ['list.status.200'], proven: 0 },
  },
  {
    id: 'headers-again',
    does: 'sends every header of every answer three times, and a thousand cookies',
    spoils: everything,
    answer: (turn) => {
      const headers = Object.entries(turn.reply.headers).flatMap(([name, value]) =>
        [0, 1, 2].map(() => `${name}: ${value}\r\n`),
      );
      const cookies = Array.from({ length: 1000 }, (_, at) => `Set-Cookie: a${at}=1\r\n`);
      const { status, body } = turn.reply;
      raw(
        turn,
        `HTTP/1.1 ${status} OK\r\n${[...headers, ...cookies].join('')}Connection: close\r\n${status === 204 ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`}\r\n${body}`,
      );
    },
    ends: { tested: true, exit: 0, broken: [], proven: 66 },
  },
];
