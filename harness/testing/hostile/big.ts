/** Answers that are too much: without an end, far too long, too deep, too many. */
import type { ServerResponse } from 'node:http';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { answering, type Hostile, raw } from './hostile.ts';

const json = { 'Content-Type': 'application/json' };
const gigabytes = 10;
const block = Buffer.alloc(64 * 1024, '{"id":"x","status":"started"},');

/** Writes a body that begins like a list, as fast as it is read, until the client has had enough of it. */
function pour(response: ServerResponse, bytes: number): void {
  let left = bytes;
  const on = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= block.length;
      if (!response.write(block)) {
        response.once('drain', on);
        return;
      }
    }
    response.end();
  };
  response.writeHead(200, json);
  response.write('[');
  on();
}

/** A member of a gzip stream that becomes 64 MiB; as many after one another are a stream too. */
const member = gzipSync(Buffer.alloc(64 * 2 ** 20, ' '));
const bomb = Buffer.concat(Array.from({ length: (gigabytes * 2 ** 30) / (64 * 2 ** 20) }, () => member));

/** Half a gigabyte in less than a kilobyte. */
const brotliBomb = brotliCompressSync(Buffer.alloc(2 ** 29, ' '), {
  params: { [constants.BROTLI_PARAM_QUALITY]: 2 },
});

const rows = (count: number, row: string): string =>
  `[${Array.from({ length: count }, () => row).join(',')}]`;

const cut = 'longer than the limit';

export const big: readonly Hostile[] = [
  {
    id: 'endless-list',
    does: `answers every list with a body of ${gigabytes} GB`,
    spoils: ['list'],
    answer: ({ response }) => pour(response, gigabytes * 1e9),
    ends: { tested: true, exit: 0, broken: [], proven: 50, says: cut },
  },
  {
    id: 'endless-reads',
    does: `answers one read in five with a body of ${gigabytes} GB`,
    spoils: ['read'],
    oneIn: 5,
    answer: ({ response }) => pour(response, gigabytes * 1e9),
    ends: { tested: true, exit: 0, broken: [], proven: 20, says: cut },
  },
  {
    id: 'endless-cancels',
    does: `answers every accepted cancel with a body of ${gigabytes} GB`,
    spoils: ['cancel'],
    answer: ({ response }) => pour(response, gigabytes * 1e9),
    ends: { tested: true, exit: 0, broken: [], proven: 60 },
  },
  {
    id: 'endless-control',
    does: `answers one request in five of the control protocol with a body of ${gigabytes} GB`,
    spoils: ['control'],
    oneIn: 5,
    answer: ({ response }) => pour(response, gigabytes * 1e9),
    // Which tasks are not made is chance.
    ends: { tested: true, exit: 0, broken: [], proven: 10 },
  },
  {
    id: 'gzip-bomb',
    does: `answers one read in five with ${Math.round(bomb.length / 2 ** 20)} MiB that unzip to ${gigabytes} GB`,
    spoils: ['read'],
    oneIn: 5,
    answer: ({ response }) => void response.writeHead(200, { ...json, 'Content-Encoding': 'gzip' }).end(bomb),
    ends: { tested: true, exit: 0, broken: [], proven: 20, says: cut },
  },
  {
    id: 'brotli-bomb',
    does: 'answers one read in five with a kilobyte of Brotli that becomes 512 MiB',
    spoils: ['read'],
    oneIn: 5,
    answer: ({ response }) =>
      void response.writeHead(200, { ...json, 'Content-Encoding': 'br' }).end(brotliBomb),
    ends: { tested: true, exit: 0, broken: [], proven: 20, says: 'Content-Encoding br' },
  },
  {
    id: 'million-elements',
    does: 'answers every list with a million empty objects',
    spoils: ['list'],
    answer: (turn) => answering(turn, { body: rows(1e6, '{}') }),
    ends: { tested: true, exit: 0, broken: [], proven: 50, says: 'too many values' },
  },
  {
    id: 'many-elements',
    does: 'answers every list with 200,000 numbers',
    spoils: ['list'],
    answer: (turn) => answering(turn, { body: rows(2e5, '1') }),
    ends: { tested: true, exit: 1, broken: ['list.schema'], proven: 50 },
  },
  {
    id: 'crowded-list',
    does: 'puts 50,000 tasks of others before the right rows of every list',
    spoils: ['list'],
    answer: (turn) =>
      answering(turn, {
        body: `[${others}${turn.reply.body === '[]' ? '' : ','}${turn.reply.body.slice(1)}`,
      }),
    ends: { tested: true, exit: 0, broken: [], proven: 60 },
  },
  {
    id: 'deep',
    does: 'answers one read in five with JSON that is nested 100,000 levels deep',
    spoils: ['read'],
    oneIn: 5,
    answer: (turn) => answering(turn, { body: `{"id":"x","status":${'['.repeat(1e5)}${']'.repeat(1e5)}}` }),
    ends: { tested: true, exit: 0, broken: [], proven: 20, says: 'too deeply' },
  },
  {
    id: 'endless-header',
    does: 'answers everything with a header that never ends',
    spoils: ['list', 'read', 'cancel', 'control', 'other'],
    answer: (turn) => raw(turn, `HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(2 ** 20)}`),
    ends: { tested: false, says: ['the head of its answer is longer'] },
  },
  {
    id: 'endless-headers',
    does: 'answers one read in five with a million headers',
    spoils: ['read'],
    oneIn: 5,
    answer: (turn) => raw(turn, `HTTP/1.1 200 OK\r\n${'X-Many: x\r\n'.repeat(1e6)}\r\n{}`),
    ends: { tested: true, exit: 0, broken: [], proven: 20 },
  },
];

const others = Array.from({ length: 5e4 }, (_, at) => `{"id":"other-${at}","status":"started"}`).join(',');
