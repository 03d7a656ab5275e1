import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { limits } from '../model/limits.ts';
import { type Body, type BodyReader, bodyReader } from './body.ts';

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

const bounds = { ...limits, bodyBytesRead: 100, runBytesRead: 150, bodyBytesFree: 10 };

test.each([
  { chunks: [], isCut: false, length: 0 },
  { chunks: [60, 40], isCut: false, length: 100 },
  { chunks: [60, 41], isCut: true, length: 101 },
  { chunks: [60, 41, 1000], isCut: true, length: 101 },
])('of 100 bytes are read whole: $chunks is cut: $isCut', ({ chunks, isCut, length }) => {
  expect(reading(bodyReader(bounds), chunks)).toEqual({ text: 'x'.repeat(length), isCut });
});

test('the bodies of a run share what is read, and so much of each is free', () => {
  const read = bodyReader(bounds);
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
  const { text } = reading(bodyReader({ ...bounds, bodyBytesRead: 1 }), [100_000]) ?? { text: '' };
  expect(text).toBe('x'.repeat(4096));
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
