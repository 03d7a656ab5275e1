/** Faults of ids: what becomes of one by decoding, trimming, cutting and comparing. */
import { posix } from 'node:path';
import { faultsOf } from '../fault.ts';
import { type Call, problem, type Reply, type Rules, type World } from '../rules.ts';

/** A server that changes a decoded id before it looks it up; for one operation, if one is given. */
const changing = (
  own: Rules,
  change: (id: string) => string,
  operation?: Call['operation'],
): Pick<Rules, 'idOf'> => ({
  idOf(segment, call) {
    const id = own.idOf(segment, call);
    const isConcerned = operation === undefined || operation === call.operation;
    return id === undefined || !isConcerned ? id : change(id);
  },
});

/** A server that crashes at some segments: reads and cancels with a valid login are answered 500. */
const crashing = (own: Rules, at: (segment: string, call: Call) => boolean): Pick<Rules, 'serve'> => ({
  async serve(call: Call, world: World): Promise<Reply> {
    const crashes = call.operation !== 'list' && own.admits(call, world) && at(call.segment, call);
    return crashes ? problem(500, 'Internal error') : own.serve(call, world);
  },
});

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const idsFaults = faultsOf('ids', {
  'w-cancel-decodes-twice': {
    says: 'The gateway decodes the path of a cancel and the service again: `%2561…` cancels `a…`.',
    breaks: 'An id that becomes a live one only by decoding twice is unknown',
    change: (own) => changing(own, decoded, 'cancel'),
  },
  'w-line-end-after-the-id': {
    says: 'A line end after the id (`%0A`) is overlooked, as the `$` of the pattern allows one.',
    breaks: 'An id that becomes a live one only by trimming is unknown',
    change: (own) => changing(own, (id) => id.replace(/\r?\n$/, '')),
  },
  'w-cancel-trims': {
    says: 'The cancel trims its id: with blanks around it (`%20`) it cancels the task.',
    breaks: 'An id that becomes a live one only by trimming is unknown',
    change: (own) => changing(own, (id) => id.trim(), 'cancel'),
  },
  'w-nul-ends-the-id': {
    says: 'An encoded NUL ends the id, as it does a C string: `<id>%00x` reads the task.',
    breaks: 'An id that becomes a live one only by cutting is unknown',
    change: (own) => changing(own, (id) => id.split('\0')[0] ?? ''),
  },
  'w-path-parameters': {
    says: 'The container cuts path parameters off: `<id>;v=1` reads and cancels the task.',
    breaks: 'An id that becomes a live one only by cutting is unknown',
    change: (own) => ({ idOf: (segment, call) => own.idOf(segment.split(';')[0] ?? '', call) }),
  },
  'w-json-suffix': {
    says: 'The suffix `.json` is taken for a wish for a format and cut off: `<id>.json` reads the task.',
    breaks: 'An id that becomes a live one only by cutting is unknown',
    change: (own) => changing(own, (id) => id.replace(/\.json$/, ''), 'read'),
  },
  'w-column-of-36': {
    says: 'Ids are compared in a column of 36 characters: a UUID with anything after it is found.',
    breaks: 'An id that becomes a live one only by cutting is unknown',
    change: (own) => changing(own, (id) => id.slice(0, 36)),
  },
  'w-short-ids': {
    says: 'The first eight or more characters of an id are enough to read its task, if no other begins so.',
    breaks: 'An id that becomes a live one only by adding to it is unknown',
    change: (own) => ({
      find(id, world, call) {
        const task = own.find(id, world, call);
        if (task || id.length < 8 || call.operation !== 'read') return task;
        const [only, ...more] = [...world.tasks.keys()].filter((one) => one.startsWith(id));
        return only !== undefined && more.length === 0 ? own.find(only, world, call) : undefined;
      },
    }),
  },
  'w-any-spelling-of-a-uuid': {
    says: 'Ids go through a UUID parser: in braces, without hyphens or after `urn:uuid:` they are found.',
    breaks: 'An id that becomes a live one only by cutting or adding is unknown',
    change: (own) =>
      changing(own, (id) => {
        const digits = id.replace(/^urn:uuid:/, '').replace(/[{}-]/g, '');
        if (!/^[0-9a-f]{32}$/i.test(digits)) return id;
        return digits.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})(.*)$/, '$1-$2-$3-$4-$5');
      }),
  },
  'w-sql-like': {
    says: 'A read compares ids by LIKE, so an encoded `%` or an underscore stands for any text or character.',
    breaks: 'Unknown or malformed id: 404, never another task',
    change: (own) => ({
      find(id, world, call) {
        if (call.operation !== 'read' || !/[%_]/.test(id)) return own.find(id, world, call);
        const pattern = id
          .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
          .replaceAll('%', '.*')
          .replaceAll('_', '.');
        const match = [...world.tasks.keys()].find((one) => new RegExp(`^${pattern}$`, 's').test(one));
        return own.find(world.tasks.has(id) ? id : (match ?? id), world, call);
      },
    }),
  },
  'w-quote-breaks-the-query': {
    says: 'A single quote in the id breaks the query text and is answered 500.',
    breaks: 'Malformed id: 404 or 400, never 5xx',
    change: (own) => crashing(own, (segment) => decoded(segment).includes("'")),
  },
  'w-file-name-too-long': {
    says: 'An id of more than 255 characters is answered 500, since tasks are files.',
    breaks: 'Malformed id: 404 or 400, never 5xx',
    change: (own) => crashing(own, (segment) => decoded(segment).length > 255),
  },
  'w-ids-in-a-plain-object': {
    says: 'Tasks are kept in a plain object, so `constructor` or `__proto__` as id is found and gives 500.',
    breaks: 'Unknown id: 404',
    change: (own) => crashing(own, (segment) => decoded(segment) in {}),
  },
  'w-bad-utf-8-crashes-the-cancel': {
    says: 'A cancel of an id whose bytes are no UTF-8 (`%FF`) or no whole escape (`%zz`) is answered 500.',
    breaks: 'Malformed id: 404 or 400, never 5xx',
    change: (own) =>
      crashing(own, (segment, call) => {
        return call.operation === 'cancel' && own.idOf(segment, call) === undefined;
      }),
  },
  'w-ids-as-numbers': {
    says: 'Ids made of digits are compared as numbers: `007`, `7.0` and `7e0` read the task `7`.',
    breaks: 'An id that becomes a live one only by adding or cutting is unknown',
    change: (own) => ({
      find(id, world, call) {
        const same = (one: string) => /^\d+$/.test(one) && id.trim() !== '' && Number(one) === Number(id);
        return own.find(world.tasks.has(id) ? id : ([...world.tasks.keys()].find(same) ?? id), world, call);
      },
    }),
  },
  'w-number-in-the-json': {
    says: 'In the list, an id made of digits alone comes as a JSON number.',
    breaks: 'A 200 of the list is valid against the schema; rows agree in id',
    change: (own) => ({
      list(_, world) {
        const rows = world.rules.listed(world).map((task) => {
          const body = own.body(task, false, world);
          return /^\d+$/.test(task.id) ? { ...body, id: Number(task.id) } : body;
        });
        return { code: 200, body: rows };
      },
    }),
  },
  'w-dots-after-decoding': {
    says: 'The path is normalised after it was decoded: `x%2F..%2F<id>` reads the task.',
    breaks: 'Malformed id: never another task',
    change: (own) => changing(own, (id) => (id.includes('/') ? posix.normalize(id) : id)),
  },
  'w-first-piece-of-the-path': {
    says:
      'A read splits the decoded path again and takes the piece in its place: `<id>%2Fmore` reads the ' +
      'task.',
    breaks: 'An id that becomes a live one only by cutting is unknown',
    change: (own) => changing(own, (id) => id.split('/')[0] ?? '', 'read'),
  },
  'w-last-piece-of-the-path': {
    says: 'A cancel takes the base name of the decoded id: `other%2F<id>` cancels the task.',
    breaks: 'Malformed id: never another task',
    change: (own) => changing(own, (id) => id.slice(id.lastIndexOf('/') + 1), 'cancel'),
  },
  'w-encoded-query': {
    says: 'An encoded `?` or `#` in the id begins a query or fragment all the same: `<id>%3Fx` is the task.',
    breaks: 'An id that becomes a live one only by cutting is unknown',
    change: (own) => changing(own, (id) => id.replace(/[?#].*$/s, '')),
  },
  'w-compatible-characters': {
    says: 'Ids are brought to NFKC: one with a full-width letter or digit reads the task with the plain one.',
    breaks: 'Unknown id: 404, never another task',
    change: (own) => changing(own, (id) => id.normalize('NFKC'), 'read'),
  },
  'w-small-letters-in-the-answer': {
    says: 'A read shows the id in small letters, whatever it was made and asked for with.',
    breaks: 'A read shows the id that was asked for',
    change: (own) => ({
      body(task, verbose, world) {
        return { ...own.body(task, verbose, world), id: task.id.toLowerCase() };
      },
    }),
  },
  'w-dots-end-the-id': {
    says:
      'The router takes what follows the last dot of an id for a format: a task named `a.b` is never ' +
      'found.',
    breaks: 'A read shows the id that was asked for; status by phase',
    change: (own) => changing(own, (id) => id.replace(/\.[^.]*$/, '')),
  },
});
