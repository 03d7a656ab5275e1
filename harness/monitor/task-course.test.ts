/** What is held of a task does not grow with its traffic, and it is judged all the same. */
import { expect, test } from 'vitest';
import { oracleTimes } from '../judge/oracle/guard.ts';
import { unseen } from '../judge/oracle/hypothesis.ts';
import { operationOf } from '../judge/oracle/operation.ts';
import { defaultSettings } from '../model/settings.ts';
import { exchangeIds, exchangeOf } from './exchange.ts';
import { TaskCourse } from './task-course.ts';

const idOf = exchangeIds();

/** A course that reads have been added to, a second between them, and what the last came to. */
function courseOf(reads: readonly (readonly [query: string, status: string])[]) {
  const judging = {
    settings: oracleTimes(defaultSettings),
    waived: new Set<string>(),
    neighbours: { cancels: [], ttlsS: [] },
  };
  const course = new TaskCourse('t-1', unseen(0), judging);
  let outcome: ReturnType<TaskCourse['receive']> = [];
  let atMs = 0;
  const read = (query: string, status: string): void => {
    const body = JSON.stringify({ id: 't-1', status });
    atMs += 1000;
    const message = {
      method: 'GET',
      path: `/v1/crdb_tasks/t-1${query}`,
      requestHeaders: [],
      status: 200,
      responseHeaders: [['content-type', 'application/json']] as const,
      responseBody: body,
      sentAt: atMs,
      receivedAt: atMs + 10,
    };
    const operation = operationOf(
      exchangeOf(message, idOf, (text) => text),
      true,
    );
    if (!operation) throw new Error('it is a read');
    course.add(operation);
    outcome = course.receive(operation);
  };
  for (const [query, status] of reads) read(query, status);
  return { course, read, outcome: () => outcome };
}

const alternating = (count: number, status: string) =>
  Array.from({ length: count }, (_, at) => [at % 2 === 0 ? '' : '?verbose=true', status] as const);

test('of reads that say the same in turn, the first and the last of each are held', () => {
  const { course } = courseOf([...alternating(20, 'queued'), ...alternating(20, 'started')]);
  const says = course.history.operations.map(({ verbose = 'omitted', answer, sentAt }) => [
    verbose,
    answer?.shown?.status,
    sentAt / 1000,
  ]);
  expect(says).toEqual([
    ['omitted', 'queued', 1],
    ['true', 'queued', 2],
    ['omitted', 'queued', 19],
    ['true', 'queued', 20],
    ['omitted', 'started', 21],
    ['true', 'started', 22],
    ['omitted', 'started', 39],
    ['true', 'started', 40],
  ]);
});

test('a task whose operations were forgotten is judged by what is possible of it', () => {
  const { course, read, outcome } = courseOf(alternating(4, 'started'));
  course.fold();
  expect(course.held).toBe(0);
  read('', 'queued');
  expect(outcome()).toMatchObject({ isAdvice: false });
});
