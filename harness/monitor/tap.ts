/**
 * Takes the messages that pass through the proxy to the judge, without waiting for it: where the judge falls behind, it
 * leaves messages out and says so. What was left out may have changed a task, so the judge then forgets what it knew.
 */
import { limits } from '../model/settings.ts';
import type { Headers } from './exchange.ts';
import type { MessageListener, RequestHead } from './proxy.ts';

/** A message whose answer is as it came over the wire. Instants are milliseconds since the monitor's start. */
export interface WireMessage {
  readonly method: string;
  readonly path: string;
  readonly requestHeaders: Headers;
  readonly requestBody: Uint8Array;
  readonly status?: number;
  readonly responseHeaders: Headers;
  readonly responseBody: Uint8Array;
  readonly isCut: boolean;
  readonly lost?: string;
  readonly sentAt: number;
  readonly receivedAt: number;
}

export interface Batch {
  readonly type: 'batch';
  readonly messages: readonly WireMessage[];
  /** Everything that was sent before has come. */
  readonly untilMs: number;
  /** Something is missing after these messages, and why. */
  readonly gap?: string;
  readonly skipped?: number;
}

/** A request that takes longer counts as lost, so that one that hangs keeps nothing from being judged. */
const longestMs = 60_000;
const flushMs = 20;
const mostMessages = 200;
/** So much may wait for the judge. */
const mostWaiting = { messages: 50_000, bytes: 64 * 2 ** 20 };
/** A request body is used only where it is that of the control protocol. */
const requestBytes = 2 ** 16;
/** A machine that slept, or a clock that was set: the clocks part by more than this. */
const clocksPartMs = 500;

/** A request that was passed on and not yet answered. */
interface Open {
  readonly sentAt: number;
  /** Ends it without an answer. */
  readonly giveUp: () => void;
}

export interface TapOptions {
  /** Takes a batch; the judge calls {@link Tap.judged} when it is done with it. */
  readonly give: (batch: Batch) => void;
  readonly nowMs?: () => number;
  readonly wallMs?: () => number;
}

export class Tap {
  readonly #give: TapOptions['give'];
  readonly #nowMs: () => number;
  readonly #wallMs: () => number;
  readonly #open = new Set<Open>();
  #ready: WireMessage[] = [];
  #bytes = 0;
  /** Messages that the judge was given and has not yet judged. */
  #behind: { readonly messages: number; readonly bytes: number }[] = [];
  #skipped = 0;
  #gap: string | undefined;
  #apartMs: number;
  #timer: NodeJS.Timeout | undefined;
  passed = 0;

  constructor({ give, nowMs = () => performance.now(), wallMs = Date.now }: TapOptions) {
    this.#give = give;
    this.#nowMs = nowMs;
    this.#wallMs = wallMs;
    this.#apartMs = wallMs() - nowMs();
  }

  /** Looks at a request as it is passed on. */
  look({ method, path, headers }: RequestHead): MessageListener {
    const [asked, answered] = [collector(requestBytes), collector(limits.bodyBytesRead)];
    let status: number | undefined;
    let responseHeaders: Headers = [];
    const end = (lost?: string): void => {
      if (!this.#open.delete(open)) return; // it counts as lost already
      this.#enter({
        method,
        path,
        requestHeaders: headers,
        requestBody: asked.whole(),
        ...(status === undefined ? {} : { status }),
        responseHeaders,
        responseBody: answered.whole(),
        isCut: answered.isCut(),
        ...(lost === undefined ? {} : { lost }),
        sentAt: open.sentAt,
        receivedAt: this.#nowMs(),
      });
    };
    const open: Open = {
      sentAt: this.#nowMs(),
      giveUp: () => end(`no answer within ${longestMs / 1000} s`),
    };
    this.#open.add(open);
    this.passed++;
    return {
      request: asked.take,
      head(code, given) {
        status = code;
        responseHeaders = given;
      },
      response: answered.take,
      end,
    };
  }

  /** The judge is done with the oldest batch that it was given. */
  judged(): void {
    this.#behind.shift();
  }

  /** What was known of tasks is known no more. */
  forget(reason: string): void {
    this.#gap = reason;
    this.flush();
  }

  /** Gives what is ready, also if it is nothing: time goes on. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const now = this.#nowMs();
    for (const open of this.#open) if (open.sentAt < now - longestMs) open.giveUp();
    this.#compareClocks();
    const untilMs = Math.min(now, ...[...this.#open].map(({ sentAt }) => sentAt));
    const [messages, bytes, skipped, gap] = [this.#ready, this.#bytes, this.#skipped, this.#gap];
    this.#behind.push({ messages: messages.length, bytes });
    this.#ready = [];
    this.#bytes = 0;
    this.#skipped = 0;
    this.#gap = undefined;
    this.#give({
      type: 'batch',
      messages,
      untilMs,
      ...(gap === undefined ? {} : { gap }),
      ...(skipped === 0 ? {} : { skipped }),
    });
  }

  #enter(message: WireMessage): void {
    const bytes = message.responseBody.byteLength + message.requestBody.byteLength;
    if (this.#isBehind(bytes)) {
      this.#skipped++;
      this.#gap =
        'messages were left out, because judging fell behind: what was known of tasks is forgotten there';
      return;
    }
    if (this.#gap !== undefined) this.flush();
    this.#ready.push(message);
    this.#bytes += bytes;
    if (this.#ready.length >= mostMessages) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), flushMs).unref();
  }

  #isBehind(bytes: number): boolean {
    let [messages, waiting] = [this.#ready.length, this.#bytes + bytes];
    for (const batch of this.#behind) {
      messages += batch.messages;
      waiting += batch.bytes;
    }
    // Once behind, it catches up by half before it goes on.
    const share = this.#skipped > 0 ? 0.5 : 1;
    return messages > mostWaiting.messages * share || waiting > mostWaiting.bytes * share;
  }

  /** The monotonic clock stands still while a machine sleeps, and that of the target does not. */
  #compareClocks(): void {
    const apartMs = this.#wallMs() - this.#nowMs();
    if (Math.abs(apartMs - this.#apartMs) > clocksPartMs)
      this.#gap = 'the machine slept, or its clock was set: what was known of tasks is forgotten there';
    this.#apartMs = apartMs;
  }
}

/** Collects the chunks of a body, up to a limit. */
function collector(most: number) {
  let chunks: Buffer[] = [];
  let bytes = 0;
  let isCut = false;
  return {
    take(chunk: Buffer): void {
      bytes += chunk.length;
      if (isCut) return;
      isCut = bytes > most;
      if (isCut) chunks = [];
      else chunks.push(chunk);
    },
    whole: (): Uint8Array => Buffer.concat(chunks),
    isCut: () => isCut,
  };
}
