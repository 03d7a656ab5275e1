/** What a hostile target is: a server that keeps the contract but for one way of answering that would harm its reader. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Reply } from '../../reference/messages.ts';

export type Spoilable = 'list' | 'read' | 'cancel' | 'control' | 'other';
export const everything: readonly Spoilable[] = ['list', 'read', 'cancel', 'control', 'other'];

/** A request, what would be the right answer, and where to answer. */
export interface Turn {
  readonly operation: Spoilable;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly reply: Reply;
  /** The origin of another server, which only remembers what it is sent. */
  readonly elsewhere: string;
}

/** How a run of the whole program on it must end. */
export type Ending =
  /** Nothing could be tested: exit 3, and two lines with these words. */
  | { readonly tested: false; readonly says: readonly string[] }
  /** There is a report, and a verdict in it. */
  | {
      readonly tested: true;
      readonly exit: 0 | 1 | 3 | 4;
      /** The clauses that are broken, and no other. */
      readonly broken: readonly string[];
      /** So many must clauses, or more, are proven all the same. */
      readonly proven: number;
      /** What some reason of the report says of the hostile answers. */
      readonly says?: string;
    };

/** A certificate that it serves HTTPS with. */
export interface Certificate {
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** What it is for, as an address. */
  readonly ip: string;
  /** The program is told to trust it, by `--ca`. */
  readonly trusted: boolean;
}

export interface Hostile {
  readonly id: string;
  /** In one line: `answers every list with a body that never ends`. */
  readonly does: string;
  /** Which answers are hostile: those to these operations, where they would be a success. */
  readonly spoils: readonly Spoilable[];
  /** Of them, one in so many, from the second on; left out: each. */
  readonly oneIn?: number;
  readonly answer: (turn: Turn) => void;
  /** What it does to a connection before a request has come. */
  readonly greets?: (socket: Socket) => void;
  readonly certificate?: Certificate;
  readonly ends: Ending;
}

/** Bytes of our own over the connection, which ends with them. */
export function raw({ response }: Turn, bytes: string | Buffer): void {
  response.socket?.end(bytes);
}

/** An answer that differs from the right one. */
export function answering({ response, reply }: Turn, change: Partial<Reply>): void {
  const { status, headers, body } = { ...reply, ...change };
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
