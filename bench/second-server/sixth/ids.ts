/** What a task id becomes. */
import { faultsOf } from '../fault.ts';
import { notFound, problem, type Rules, type Task, type World } from '../rules.ts';

/** An unknown id is looked up once more as the id that a change makes of it. */
const alias = (own: Rules, change: (id: string, world: World) => string | undefined): Partial<Rules> => ({
  find(id, world, call) {
    const other = world.tasks.has(id) ? id : change(id, world);
    return other === undefined ? undefined : own.find(other, world, call);
  },
});
/** An unknown id finds the first task whose id is the same by some key. */
const sameKey = (own: Rules, key: (id: string) => string): Partial<Rules> =>
  alias(own, (id, world) => [...world.tasks.keys()].find((other) => key(other) === key(id)));
/** Unknown ids of some shape are a server error. */
const choking = (own: Rules, on: RegExp, message: string): Partial<Rules> => ({
  async serve(call, world) {
    const reply = await own.serve(call, world);
    return reply.code === 404 && on.test(own.idOf(call.segment, call) ?? '') ? problem(500, message) : reply;
  },
});
const sumOf = (id: string) => [...id].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0);

export const ids = faultsOf('ids', {
  'v-leading-zeros': {
    says: 'Ids of digits are compared as numbers: `007` is the task `7`.',
    breaks: 'An id that becomes a live one only by cutting or adding is unknown',
    change: (own) => sameKey(own, (id) => (/^\d+$/.test(id) ? String(BigInt(id)) : id)),
  },
  'v-format-suffix': {
    says: 'A suffix `.json` or `.xml` names the format of the answer and is cut off the id.',
    breaks: 'An id that becomes a live one only by cutting is unknown',
    change: (own) => alias(own, (id) => id.replace(/\.(json|xml)$/, '')),
  },
  'v-matrix-parameters': {
    says: 'What follows a semicolon in the segment is taken as a parameter: `7;v=1` is the task `7`.',
    breaks: 'An id that becomes a live one only by cutting is unknown',
    change: (own) => alias(own, (id) => id.split(';')[0]),
  },
  'v-compatibility-form': {
    says: 'Ids are brought into Unicode form NFKC: full-width digits and letters find the plain ones.',
    breaks: 'Malformed id: never another task; unknown id: 404',
    change: (own) => alias(own, (id) => id.normalize('NFKC')),
  },
  'v-like': {
    says: 'The lookup is a LIKE: an underscore in an unknown id stands for any letter.',
    breaks: 'Unknown id, read: 404',
    change: (own) =>
      alias(own, (id, world) => {
        const pattern = new RegExp(`^${id.replace(/[^\w-]/g, '\\$&').replaceAll('_', '.')}$`, 's');
        return id.includes('_') ? [...world.tasks.keys()].find((other) => pattern.test(other)) : undefined;
      }),
  },
  'v-checksum-key': {
    says: 'Tasks are filed under the sum of the letters of their id: `ba` finds the task `ab`.',
    breaks: 'Unknown id, read: 404',
    change: (own) => sameKey(own, (id) => `${id.length} ${sumOf(id)}`),
  },
  'v-inherited': {
    says: 'The tasks are the properties of an object: `constructor` or `__proto__` as an id is a server error.',
    breaks: 'Unknown id, read: 404',
    change: (own) => choking(own, /^(constructor|__proto__|toString|valueOf)$/, 'task.render: no function'),
  },
  'v-zero-is-none': {
    says: 'An id that is falsy as a number counts as left out: the task `0` is never found.',
    breaks: 'A read shows the id that was asked for',
    change: (own) => ({
      find: (id, world, call) => (/^0+$/.test(id) ? undefined : own.find(id, world, call)),
    }),
  },
  'v-numbers-in-json': {
    says: 'An id of digits is printed as a number in the JSON, not as a string.',
    breaks: 'What is a 200 of the two reads (id is a string)',
    change: (own) => ({
      body: (task, verbose, world) => ({
        ...own.body(task, verbose, world),
        ...(/^[1-9]\d{0,14}$/.test(task.id) && { id: Number(task.id) }),
      }),
    }),
  },
  'v-53-bits': {
    says: 'Long ids of digits go through a floating-point number: of two neighbours the first is found for both.',
    breaks: 'A read shows the id that was asked for',
    change: (own) => ({
      find(id, world, call) {
        const digits = /^\d{16,}$/;
        const near = (other: string) => digits.test(other) && Number(other) === Number(id);
        const first = digits.test(id) ? [...world.tasks.keys()].find(near) : id;
        return own.find(first ?? id, world, call);
      },
    }),
  },
  'v-uuid-in-any-form': {
    says: 'Ids are parsed as UUIDs of any form: without hyphens, in braces or behind `urn:uuid:` they are found.',
    breaks: 'An id that becomes a live one only by cutting or adding is unknown',
    change: (own) =>
      sameKey(own, (id) => {
        const hex = id.replace(/^urn:uuid:|[{}-]/g, '');
        return /^[0-9a-f]{32}$/i.test(hex) ? hex : id;
      }),
  },
  'v-cut-at-nul': {
    says: 'The id is a C string: what follows a NUL in it is not seen.',
    breaks: 'An id that becomes a live one only by cutting is unknown',
    change: (own) => alias(own, (id) => id.split('\0')[0]),
  },
  'v-first-of-several': {
    says: 'An id with commas is a list of ids: the read shows the first one that exists.',
    breaks: 'Malformed id: never another task',
    change: (own) => alias(own, (id, world) => id.split(',').find((part) => world.tasks.has(part))),
  },
  'v-fewer-than-64': {
    says: 'An id may have fewer than 64 letters: one of exactly 64 is listed, but never found.',
    breaks: 'A read shows the id that was asked for',
    change: (own) => ({
      find: (id, world, call) => (id.length < 64 ? own.find(id, world, call) : undefined),
    }),
  },
  'v-latest': {
    says: '`latest` as an id is the task that was made last.',
    breaks: 'Unknown id, read: 404',
    change: (own) => alias(own, (id, world) => (id === 'latest' ? [...world.tasks.keys()].at(-1) : id)),
  },
  'v-position': {
    says: 'A small number that is no id is a position: `0` is the oldest task, `-1` the newest.',
    breaks: 'Unknown id, read: 404',
    change: (own) =>
      alias(own, (id, world) => (/^-?\d{1,4}$/.test(id) ? [...world.tasks.keys()].at(Number(id)) : id)),
  },
  'v-three-byte-letters': {
    says: 'The store takes letters of up to three bytes: an id with an emoji is a server error.',
    breaks: 'Malformed id: never 5xx',
    change: (own) => choking(own, /[\u{10000}-\u{10FFFF}]/u, 'Incorrect string value'),
  },
  'v-formatted-message': {
    says: 'The message for an unknown id is formatted twice: braces in the id are a server error.',
    breaks: 'Malformed id: never 5xx',
    change: (own) => choking(own, /[{}]/, 'Replacement index 0 out of range'),
  },
  'v-hidden-files': {
    says: 'Tasks are files, and hidden ones or backups are not listed: ids with a dot in front or `~` behind.',
    breaks: 'The list holds every running task',
    change: (own) => ({
      listed: (world) => own.listed(world).filter(({ id }) => !/^\.|~$/.test(id)),
    }),
  },
  'v-shown-in-lower-case': {
    says: 'An id with capitals is found, and shown in lower case.',
    breaks: 'A read shows the id that was asked for',
    change: (own) => ({
      body: (task, verbose, world) => ({
        ...own.body(task, verbose, world),
        id: task.id.toLowerCase(),
      }),
    }),
  },
  'v-list-by-short-id': {
    says: 'The list is keyed by the first eight letters of the id: of tasks that share them it has the last.',
    breaks: 'The list holds every running task',
    change: (own) => ({
      listed: (world) => [
        ...new Map(own.listed(world).map((task): [string, Task] => [task.id.slice(0, 8), task])).values(),
      ],
    }),
  },
  'v-dots-are-folders': {
    says: 'Cancels are routed by a pattern without dots in the id: a task with a dot in its id is not found.',
    breaks: 'Cancel queued, running: 200',
    change: (own) => ({
      cancel: (call, world) => (call.segment.includes('.') ? notFound : own.cancel(call, world)),
    }),
  },
});
