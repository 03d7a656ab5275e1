/** Reads bodies, and never more of them than a run may: a target must not fill the memory. */
import type { IncomingMessage } from 'node:http';
import { type Limits, limits } from '../model/limits.ts';

export interface Body {
  /** Decoded as UTF-8; where it is cut, its beginning. */
  readonly text: string;
  readonly isCut: boolean;
}

/** Of a body that is cut: more than is recorded, so that no secret in what is recorded is cut in two. */
const headBytes = 4096;

/** As superagent wants a parser: it gives the stream, and takes what it shall call the body. */
export type BodyReader = (stream: IncomingMessage, done: (error: Error | null, body: Body) => void) => void;

/** @returns what reads the bodies of one run */
export function bodyReader({ bodyBytesRead, runBytesRead, bodyBytesFree }: Limits = limits): BodyReader {
  let left = runBytesRead;
  return (stream, done) => {
    let chunks: Buffer[] = [];
    let bytes = 0;
    let isCut = false;
    const isAffordable = (length: number): boolean => {
      const paid = Math.max(0, bytes + length - Math.max(bytes, bodyBytesFree));
      if (bytes + length > bodyBytesRead || paid > left) return false;
      left -= paid;
      bytes += length;
      return true;
    };
    stream.on('data', (chunk: Buffer) => {
      if (isCut) return; // what was on its way already
      if (isAffordable(chunk.length)) {
        chunks.push(chunk);
        return;
      }
      isCut = true;
      const head = Buffer.concat([...chunks, chunk])
        .subarray(0, headBytes)
        .toString('utf8');
      chunks = [];
      stream.destroy();
      done(null, { text: head, isCut });
    });
    stream.on('end', () => {
      if (!isCut) done(null, { text: Buffer.concat(chunks).toString('utf8'), isCut });
    });
  };
}
