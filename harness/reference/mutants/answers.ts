/** Wrong statuses, content types and bodies of the reads. */
import { contractBut } from '../change.ts';
import type { Mutant } from '../mutant.ts';

export const answerMutants: readonly Mutant[] = [
  {
    id: 'list-is-500',
    breaks: 'the list is answered with 500',
    rules: contractBut({ list: { status: 500 } }),
    killedBy: ['list.status.200'],
    mayFail: [],
  },
  {
    id: 'list-is-206',
    breaks: 'the list is answered with 206',
    rules: contractBut({ list: { status: 206 } }),
    killedBy: ['list.status.200'],
    mayFail: [],
  },
  {
    id: 'list-is-404-when-empty',
    breaks: 'an empty list is answered with 404',
    rules: contractBut({
      transport: {
        finish: (reply, { operation }) =>
          operation === 'list' && reply.body === '[]' ? { ...reply, status: 404 } : reply,
      },
    }),
    killedBy: ['list.statuses'],
    mayFail: ['list.status.200'],
  },
  {
    id: 'list-is-204-when-empty',
    breaks: 'an empty list is answered with 204',
    rules: contractBut({
      transport: {
        finish: (reply, { operation }) =>
          operation === 'list' && reply.body === '[]' ? { ...reply, status: 204, body: '' } : reply,
      },
    }),
    killedBy: ['list.statuses'],
    mayFail: ['list.status.200'],
  },
  {
    id: 'list-is-object-when-empty',
    breaks: 'an empty list is {}',
    rules: contractBut({ list: { answer: (rows) => (rows.length === 0 ? {} : rows) } }),
    killedBy: ['list.schema'],
    mayFail: [],
  },
  {
    id: 'read-unfinished-is-202',
    breaks: 'a read of a task that has not ended is answered with 202',
    rules: contractBut({ read: { status: { queued: 202, running: 202, committing: 202 } } }),
    killedBy: ['read.status.200'],
    mayFail: [],
  },
  {
    id: 'read-failed-is-500',
    breaks: 'a read of a failed task is answered with 500',
    rules: contractBut({ read: { status: { failed: 500 } } }),
    killedBy: ['read.status.200'],
    mayFail: ['cancel.still-readable'],
  },
  {
    id: 'read-finished-is-404',
    breaks: 'a task is forgotten as soon as it is finished',
    rules: contractBut({ read: { status: { finished: 404 } } }),
    killedBy: ['read.status.200'],
    mayFail: [],
  },
  {
    id: 'read-unknown-is-410',
    breaks: 'a read of an unknown task is answered with 410',
    rules: contractBut({ read: { unknown: 410 } }),
    killedBy: ['read.status.404'],
    mayFail: [],
  },
  {
    id: 'read-unknown-is-500',
    breaks: 'a read of an unknown task is answered with 500',
    rules: contractBut({ read: { unknown: 500 } }),
    killedBy: ['read.status.404'],
    mayFail: [],
  },
  {
    id: 'list-as-text',
    breaks: 'the list is JSON under text/plain',
    rules: contractBut({ transport: { mediaType: { list: 'text/plain' } } }),
    killedBy: ['list.media-type'],
    mayFail: [],
  },
  {
    id: 'list-without-type',
    breaks: 'the list has no content type',
    rules: contractBut({
      transport: {
        finish: (reply, { operation }) =>
          operation === 'list' && reply.status === 200 ? { ...reply, headers: {} } : reply,
      },
    }),
    killedBy: ['list.media-type'],
    mayFail: [],
  },
  {
    id: 'read-as-html',
    breaks: 'a task is JSON under text/html',
    rules: contractBut({ transport: { mediaType: { read: 'text/html; charset=utf-8' } } }),
    killedBy: ['read.media-type'],
    mayFail: [],
  },
  {
    id: 'read-as-problem',
    breaks: 'a task is sent as a problem document',
    rules: contractBut({ transport: { mediaType: { read: 'application/problem+json' } } }),
    killedBy: ['read.media-type'],
    mayFail: [],
  },
  {
    id: 'read-wrapped',
    breaks: 'a task is wrapped into {"task": …}',
    rules: contractBut({ read: { rewrite: (task) => ({ task }) } }),
    killedBy: ['read.schema'],
    mayFail: [],
  },
  {
    id: 'read-is-array',
    breaks: 'a read answers an array of one task',
    rules: contractBut({ read: { rewrite: (task) => [task] } }),
    killedBy: ['read.schema'],
    mayFail: [],
  },
  {
    id: 'read-json-in-json',
    breaks: 'a task is a JSON text within a JSON string',
    rules: contractBut({ read: { rewrite: (task) => JSON.stringify(task) } }),
    killedBy: ['read.schema'],
    mayFail: [],
  },
  {
    id: 'read-cut',
    breaks: 'the JSON of a task is cut off before its end',
    rules: contractBut({
      transport: {
        finish: (reply, { operation }) =>
          operation === 'read' && reply.status === 200 ? { ...reply, body: reply.body.slice(0, -1) } : reply,
      },
    }),
    killedBy: ['read.schema'],
    mayFail: [],
  },
  {
    id: 'read-empty',
    breaks: 'a read answers 200 without a body',
    rules: contractBut({
      transport: {
        finish: (reply, { operation }) =>
          operation === 'read' && reply.status === 200 ? { ...reply, body: '' } : reply,
      },
    }),
    killedBy: ['read.schema'],
    mayFail: [],
  },
  {
    id: 'read-errors-is-object',
    breaks: '`errors` of a failed task is an object',
    rules: contractBut({
      read: { rewrite: (task) => (task.errors ? { ...task, errors: { code: 'task_failed' } } : task) },
    }),
    killedBy: ['read.schema'],
    mayFail: [],
  },
  {
    id: 'read-nulls',
    breaks: 'a field without a value is null in a read',
    rules: contractBut({ read: { rewrite: (task) => ({ worker_name: null, ...task }) } }),
    killedBy: ['read.absent-not-null'],
    mayFail: [],
  },
  {
    id: 'timestamps-are-numbers',
    breaks: 'timestamps are seconds since 1970',
    rules: contractBut({ task: { timestamp: (epochMs) => Math.floor(epochMs / 1000) } }),
    killedBy: ['read.schema'],
    mayFail: ['list.schema'],
  },
  {
    id: 'timestamps-without-t',
    breaks: 'timestamps have a blank between date and time, and no zone',
    rules: contractBut({
      task: { timestamp: (epochMs) => new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ') },
    }),
    killedBy: ['read.timestamps'],
    mayFail: [],
  },
  {
    id: 'timestamps-of-http',
    breaks: 'timestamps are in the format of HTTP dates',
    rules: contractBut({ task: { timestamp: (epochMs) => new Date(epochMs).toUTCString() } }),
    killedBy: ['read.timestamps'],
    mayFail: [],
  },
];
