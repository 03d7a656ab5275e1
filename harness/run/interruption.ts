/** An interrupt on its way from the program's thread to the worker that runs the checks, whenever it comes. */
import { BroadcastChannel } from 'node:worker_threads';

const channelOf = (tag: string): BroadcastChannel => {
  const channel = new BroadcastChannel(`crdb-conformance ${tag}`);
  channel.unref(); // it keeps nobody waiting
  return channel;
};

/** Again and again, for the worker may not listen yet: it takes half a second to start. */
const announceEveryMs = 100;

/** Tells the worker of a run that it is interrupted, from the interrupt on until this is closed. */
export function announceInterrupt(tag: string, interrupt: AbortSignal): { close(): void } {
  const channel = channelOf(tag);
  const timer = setInterval(() => {
    if (interrupt.aborted) channel.postMessage('interrupted');
  }, announceEveryMs);
  return {
    close() {
      clearInterval(timer);
      channel.close();
    },
  };
}

/** Calls `then` when the run is interrupted; perhaps more than once. */
export function onInterrupt(tag: string, then: () => void): { close(): void } {
  const channel = channelOf(tag);
  channel.onmessage = then;
  return { close: () => channel.close() };
}
