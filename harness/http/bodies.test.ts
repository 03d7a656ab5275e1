import { createHash } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { RecordedResponse } from '../model/exchange.ts';
import { read } from '../model/requests.ts';
import { limits } from '../model/settings.ts';
import { answerTo } from '../testing/exchange-samples.ts';
import { type Body, type BodyReader, bodyReader, shortener } from './bodies.ts';

/** Reads one body that comes in chunks of so many bytes; undefined where it came to no end. */
function reading(read: BodyReader, chunks: readonly number[]): Body | undefined {
  const stream = new IncomingMessage(new Socket());
  let told: Body | undefined;
  read(stream, (_, body) => {
    told = body;
  });
  for (const bytes of chunks) stream.emit('data', Buffer.alloc(bytes, 'x'));
  stream.emit('end');
  return told;
}

const readBounds = { ...limits, bodyBytesRead: 100, runBytesRead: 150, bodyBytesFree: 10 };

test.each([
  { chunks: [], isCut: false, length: 0 },
  { chunks: [60, 40], isCut: false, length: 100 },
  { chunks: [60, 41], isCut: true, length: 101 },
  { chunks: [60, 41, 1000], isCut: true, length: 101 },
])('of 100 bytes are read whole: $chunks is cut: $isCut', ({ chunks, isCut, length }) => {
  expect(reading(bodyReader(readBounds), chunks)).toEqual({ text: 'x'.repeat(length), isCut });
});

test('the bodies of a run share what is read, and so much of each is free', () => {
  const read = bodyReader(readBounds);
  const isCut = (...chunks: readonly number[]) => reading(read, chunks)?.isCut;
  expect([isCut(50, 50), isCut(5, 65), isCut(10), isCut(4, 6), isCut(11)]).toEqual([
    false, // 90 of the 150
    false, // and 60, which is all
    false, // is free
    false,
    true,
  ]);
});

test('of what is cut a beginning is kept, whatever its length', () => {
  const { text } = reading(bodyReader({ ...readBounds, bodyBytesRead: 1 }), [100_000]) ?? { text: '' };
  expect(text).toBe('x'.repeat(8192));
});

test('is decoded as UTF-8 over its chunks', () => {
  const stream = new IncomingMessage(new Socket());
  let told: Body | undefined;
  bodyReader()(stream, (_, body) => {
    told = body;
  });
  for (const byte of Buffer.from('ä💥')) stream.emit('data', Buffer.of(byte));
  stream.emit('end');
  expect(told?.text).toBe('ä💥');
});

const recordBounds = { ...limits, bodyBytesRecorded: 2000, runBytesRecorded: 3500, headBytesFree: 100 };

/** What is recorded of an answer with this body. */
function recorded(body: string, shorten = shortener(recordBounds), more: Partial<RecordedResponse> = {}) {
  const exchange = answerTo(read({ id: '7' }), 0, {});
  const response = { status: 200, headers: {}, ...more, body };
  return shorten({ ...exchange, response }).response;
}

test('a short body is recorded whole', () => {
  expect(recorded('x'.repeat(1998))).toEqual({ status: 200, headers: {}, body: 'x'.repeat(1998) });
});

test('of a long one its beginning, its length and its hash', () => {
  const body = 'ä'.repeat(2000);
  const sha256 = createHash('sha256').update(body).digest('hex');
  expect(recorded(body)).toMatchObject({
    body: 'ä'.repeat(1000),
    shortened: { bytes: 4000, sha256 },
  });
});

test('what counts is the length as JSON, where a control takes six characters', () => {
  expect(recorded('\u0001'.repeat(1001))?.shortened?.bytes).toBe(1001);
});

test('what a run records whole is bounded too', () => {
  const shorten = shortener(recordBounds);
  const isWhole = (length: number) => recorded('x'.repeat(length), shorten)?.shortened === undefined;
  expect([isWhole(1900), isWhole(1900), isWhole(1500), isWhole(1500), isWhole(1000)]).toEqual([
    true,
    false,
    true,
    false,
    true,
  ]);
});

test('of a body that was cut the beginning', () => {
  const response = recorded('x'.repeat(4096), shortener(recordBounds), { truncated: true });
  expect(response).toEqual({ status: 200, headers: {}, body: 'x'.repeat(1000), truncated: true });
});

describe('a head', () => {
  const telling = { 'content-type': 'application/json', 'www-authenticate': 'Basic' };
  const long = (length: number) => ({ ...telling, 'x-long': 'x'.repeat(length) });

  test('is recorded whole while a run may record it, and so much of each is free', () => {
    const shorten = shortener(recordBounds);
    const isWhole = (length: number) =>
      recorded('', shorten, { headers: { a: 'x'.repeat(length) } })?.headShortened === undefined;
    // As JSON a header takes eight bytes more.
    expect([isWhole(92 + 3500), isWhole(93), isWhole(92)]).toEqual([true, false, true]);
  });

  test('takes from what the bodies of the run may take', () => {
    const shorten = shortener(recordBounds);
    recorded('', shorten, { headers: { a: 'x'.repeat(92 + 1510) } });
    expect(recorded('x'.repeat(1990), shorten)?.shortened?.bytes).toBe(1990);
  });

  test('that is too long is told by the headers that something is judged by', () => {
    expect(recorded('', shortener(recordBounds), { headers: long(10_000) })).toEqual({
      status: 200,
      headers: telling,
      headShortened: true,
      body: '',
    });
  });

  test('keeps the beginning of those', () => {
    const headers = { server: 'x'.repeat(10_000) };
    expect(recorded('', shortener(recordBounds), { headers })?.headers).toEqual({ server: 'x'.repeat(1000) });
  });
});
