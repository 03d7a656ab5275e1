/** One request shows it. */
import { faultsOf } from '../fault.ts';
import { flag, hasEnded, phaseOf } from '../rules.ts';
import { named, rowsOf, without } from '../tools.ts';
import { on200 } from './helpers.ts';

const json = { 'Content-Type': 'application/json' };

export const plain = faultsOf('plain', {
  'v-list-as-lines': {
    says: 'The list is streamed as one JSON object per line, without the brackets and commas of an array.',
    breaks: 'What is a 200 of the two reads',
    change: () => ({
      list: (_, world) => {
        const text = rowsOf(world).map((row) => `${JSON.stringify(row)}\n`);
        return { code: 200, headers: json, text: text.join('') };
      },
    }),
  },
  'v-enum-with-class-name': {
    says: 'The status is printed as the enum constant with the name of its class: `TaskStatus.started`.',
    breaks: 'Status by phase',
    change: (own) => ({ status: (task, world) => `TaskStatus.${own.status(task, world)}` }),
  },
  'v-json-in-json': {
    says: 'The read serialises its answer twice: the body is a JSON string that contains the object.',
    breaks: 'What is a 200 of the two reads',
    change: (own) => ({ read: on200(own.read, (reply) => ({ ...reply, body: JSON.stringify(reply.body) })) }),
  },
  'v-list-by-id': {
    says: 'The list is an object whose keys are the ids, in place of an array.',
    breaks: 'What is a 200 of the two reads',
    change: () => ({
      list: (_, world) => ({
        code: 200,
        body: Object.fromEntries(rowsOf(world).map((row) => [row.id, row])),
      }),
    }),
  },
  'v-no-content': {
    says: 'If there is nothing to list, the list answers 204 without a body.',
    breaks: 'Nothing to list',
    change: (own) => ({
      list: on200(own.list, (reply, _, world) => (rowsOf(world).length === 0 ? { code: 204 } : reply)),
    }),
  },
  'v-guid-in-braces': {
    says: 'The guid is printed in the registry format, with braces around it.',
    breaks: 'A read shows the guid that the provisioner named',
    change: (own) => ({
      body: (task, verbose, world) => ({
        ...own.body(task, verbose, world),
        crdb_guid: `{${task.guid}}`,
      }),
    }),
  },
  'v-errors-by-cluster': {
    says: 'The errors of a failed task are an object by the name of the cluster, in place of an array.',
    breaks: 'What is a 200 of the two reads',
    change: (own) => ({
      body(task, verbose, world) {
        const body = own.body(task, verbose, world);
        return body.errors ? { ...body, errors: { 'one.example': 'The task has failed' } } : body;
      },
    }),
  },
  'v-failed-is-500': {
    says: 'A read of a failed task is answered with code 500, as if the read itself had failed.',
    breaks: 'Failed and cancelled tasks are readable',
    change: (own) => ({
      read: on200(own.read, (reply, call, world) => {
        const task = named(call, world);
        return task && phaseOf(task) === 'failed' ? { ...reply, code: 500 } : reply;
      }),
    }),
  },
  'v-see-the-database': {
    says: 'A read of a finished task answers 303 and sends the client to the database that it made.',
    breaks: 'Status by phase (finished)',
    change: (own) => ({
      read: on200(own.read, (reply, call, world) => {
        const task = named(call, world);
        if (!task || phaseOf(task) !== 'finished') return reply;
        return { code: 303, headers: { Location: `/v1/crdbs/${task.guid}` } };
      }),
    }),
  },
  'v-202-until-ended': {
    says: 'As long as a task has not ended, its read is answered with 202.',
    breaks: 'What is a 200 of the two reads; status by phase',
    change: (own) => ({
      read: on200(own.read, (reply, call, world) => {
        const task = named(call, world);
        return task && !hasEnded(task) ? { ...reply, code: 202 } : reply;
      }),
    }),
  },
  'v-guarded-json': {
    says: "The list has the prefix `)]}',` that keeps scripts from including it.",
    breaks: 'What is a 200 of the two reads',
    change: (own) => ({
      list: on200(own.list, (reply) => ({ ...reply, text: `)]}',\n${JSON.stringify(reply.body)}` })),
    }),
  },
  'v-ended-as-number': {
    says: 'The verbose answer gives the end of a task as seconds since 1970, in a number.',
    breaks: 'What is a 200 of the two reads (ended is a string)',
    change: (own) => ({
      body(task, verbose, world) {
        const body = own.body(task, verbose, world);
        return 'ended' in body ? { ...body, ended: Math.floor(Date.parse(String(body.ended)) / 1000) } : body;
      },
    }),
  },
  'v-cancel-see-other': {
    says: 'An accepted cancel answers 303 with the address of the task, as a web form does.',
    breaks: 'Cancel queued, running: 200',
    change: (own) => ({
      cancel: on200(own.cancel, (_, call) => ({
        code: 303,
        headers: { Location: `/v1/crdb_tasks/${call.segment}` },
      })),
    }),
  },
  'v-not-verbose-is-brief': {
    says: '`verbose=false` asks for a short form, which lacks the guid; without the parameter it is there.',
    breaks: '`verbose=false` equals leaving it out',
    change: (own) => ({
      read: on200(own.read, (reply, call) =>
        call.query.has('verbose') && flag(call, 'verbose') === false
          ? { ...reply, body: without({ ...(reply.body as object) }, 'crdb_guid') }
          : reply,
      ),
    }),
  },
  'v-unknown-is-queued': {
    says: 'An id that nobody knows is read as a queued task, as some task queues do.',
    breaks: 'Unknown id, read: 404',
    change: (own) => ({
      read(call, world) {
        const id = own.idOf(call.segment, call);
        const known = id === undefined || world.rules.find(id, world, call);
        return known ? own.read(call, world) : { code: 200, body: { id, status: 'queued' } };
      },
    }),
  },
  'v-rows-with-paths': {
    says: 'The rows of the list have the path of the task as their id.',
    breaks: 'Every row agrees in id with a single read',
    change: () => ({
      list: (_, world) => ({
        code: 200,
        body: rowsOf(world).map((row) => ({ ...row, id: `/v1/crdb_tasks/${row.id}` })),
      }),
    }),
  },
  'v-vendor-media-type': {
    says: 'The read answers under `application/vnd.api+json`.',
    breaks: 'JSON under `application/json`',
    change: (own) => ({
      read: on200(own.read, (reply) => ({
        ...reply,
        headers: { 'Content-Type': 'application/vnd.api+json' },
      })),
    }),
  },
  'v-claims-gzip': {
    says: 'The list has `Content-Encoding: gzip` and is not compressed (a proxy has unpacked it and kept the header).',
    breaks: 'What is a 200 of the two reads',
    change: (own) => ({
      list: on200(own.list, (reply) => ({ ...reply, headers: { 'Content-Encoding': 'gzip' } })),
    }),
  },
});
