/** The control protocol between two threads of a process: a run's worker asks, and the thread that called it answers. */
import { BroadcastChannel } from 'node:worker_threads';
import type { Call, Carrier } from '../http/client.ts';
import type { RecordedResponse } from '../model/exchange.ts';
import type { ControlAnswers } from '../provision/control.ts';

interface Question {
  readonly number: number;
  readonly call: Call;
}
interface Answer {
  readonly number: number;
  readonly response: RecordedResponse;
}

const channelOf = (tag: string, side: 'asks' | 'answers'): BroadcastChannel => {
  const channel = new BroadcastChannel(`crdb-conformance control ${tag} ${side}`);
  channel.unref(); // it keeps nobody waiting
  return channel;
};

/** What comes over a channel, as its other end sent it. */
const onMessage = <T>(channel: BroadcastChannel, take: (message: T) => void): void => {
  channel.onmessage = ({ data }) => take(data);
};

/** Answers the questions of a run until it is closed. */
export function answerControl(tag: string, answers: ControlAnswers): { close(): void } {
  const asked = channelOf(tag, 'asks');
  const said = channelOf(tag, 'answers');
  onMessage(asked, async ({ number, call }: Question) => {
    const answer: Answer = { number, response: await answers(call) };
    said.postMessage(answer);
  });
  return {
    close() {
      asked.close();
      said.close();
    },
  };
}

/** Carries a run's questions to whoever answers them. */
export function askCaller(tag: string): { readonly carry: Carrier; close(): void } {
  const asked = channelOf(tag, 'asks');
  const said = channelOf(tag, 'answers');
  const waiting = new Map<number, (response: RecordedResponse) => void>();
  let last = 0;
  onMessage(said, ({ number, response }: Answer) => {
    waiting.get(number)?.(response);
    waiting.delete(number);
  });
  return {
    carry(call) {
      const question: Question = { number: ++last, call };
      const { promise, resolve } = Promise.withResolvers<RecordedResponse>();
      waiting.set(question.number, resolve);
      asked.postMessage(question);
      return { answer: promise, abandon: () => waiting.delete(question.number) };
    },
    close() {
      asked.close();
      said.close();
    },
  };
}
