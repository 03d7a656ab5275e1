/** Faults of ids: what else names a live task, and what does not name it any more. */
import { type Fault, faultsOf } from '../fault.ts';
import type { Task, World } from '../rules.ts';

const kind = 'ids';
const derived =
  'An id that becomes a live one only by decoding twice, trimming, cutting or adding: is unknown';

/** A fault that makes something else of the id that a path names. */
const becomes = (id: string, says: string, other: (id: string) => string, breaks = derived): Fault => ({
  ...{ id, kind, says, breaks },
  change: (own) => ({
    idOf(segment, call) {
      const named = own.idOf(segment, call);
      return named === undefined ? undefined : other(named);
    },
  }),
});

/** A fault that finds, beside the right task, one that is like it. */
const findsLike = (
  id: string,
  says: string,
  like: (id: string, task: Task) => boolean,
  breaks = derived,
): Fault => ({
  ...{ id, kind, says, breaks },
  change: (own) => ({
    find(named, world, call) {
      const other = (world: World) => [...world.tasks.values()].find((task) => like(named, task))?.id;
      return own.find(named, world, call) ?? own.find(other(world) ?? '', world, call);
    },
  }),
});

function decodedAgain(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

export const idFaults: readonly Fault[] = [
  becomes('decodes-twice', 'an id is decoded twice', decodedAgain),
  becomes('trims', 'blanks around an id are cut', (id) => id.trim()),
  becomes('cuts-at-64', 'an id is cut after 64 characters', (id) => id.slice(0, 64)),
  becomes('extension', 'an extension .json of an id is cut', (id) => id.replace(/\.json$/, '')),
  becomes('matrix', 'an id ends at a semicolon', (id) => id.split(';')[0] ?? ''),
  becomes('last-dot', 'a dot at the end of an id is cut', (id) => id.replace(/\.+$/, '')),
  becomes('zero-byte', 'an id ends at a zero byte', (id) => id.split('\0')[0] ?? ''),
  becomes(
    'first-of-several',
    'of several ids with commas between them, the first counts',
    (id) => id.split(',')[0] ?? '',
  ),
  becomes('brackets', 'braces and quotes around an id are cut', (id) => id.replace(/^["'{]|["'}]$/g, '')),
  becomes(
    'second-parse',
    'an id ends at an encoded question mark or number sign',
    (id) => id.split(/[?#]/)[0] ?? '',
  ),
  becomes('compatible', 'compatible Unicode forms of an id are the same id', (id) => id.normalize('NFKC')),
  becomes(
    'leading-slash',
    'an encoded path counts as the last segment of it',
    (id) => id.split('/').at(-1) ?? '',
    'Malformed id (encoded slash): 404 or 400',
  ),
  becomes('urn', 'the prefix urn:uuid: of an id is cut', (id) => id.replace(/^urn:uuid:/, '')),
  findsLike(
    'beginning',
    'a beginning of an id of at least eight characters names the task',
    (id, task) => id.length > 7 && task.id.startsWith(id),
  ),
  findsLike('longer', 'an id with characters after it names the task', (id, task) => id.startsWith(task.id)),
  findsLike(
    'separators',
    'the separators - and _ of an id do not count',
    (id, task) => id.replace(/[-_]/g, '') === task.id.replace(/[-_]/g, ''),
  ),
  findsLike(
    'like',
    'a percent sign or an asterisk stands for any characters',
    (id, task) => /^[\w.~-]*[%*]$/.test(id) && task.id.startsWith(id.slice(0, -1)),
  ),
  ...faultsOf(kind, {
    'cancel-decodes-twice': {
      says: 'the cancel decodes an id twice, the read does not',
      breaks: derived,
      change: (own) => ({
        idOf(segment, call) {
          const named = own.idOf(segment, call);
          return named !== undefined && call.operation === 'cancel' ? decodedAgain(named) : named;
        },
      }),
    },
    prototype: {
      says: 'the tasks are properties of an object: constructor and __proto__ are answered with 500',
      breaks: 'Unknown id, read: 404; malformed id: never 5xx',
      change: (own) => ({
        find(id, world, call) {
          if (id in {}) throw new TypeError('not a task');
          return own.find(id, world, call);
        },
      }),
    },
    'long-id-500': {
      says: 'an id of more than 255 characters is answered with 500',
      breaks: 'Malformed id: never 5xx',
      change: (own) => ({
        find(id, world, call) {
          if (id.length > 255) throw new RangeError('too long');
          return own.find(id, world, call);
        },
      }),
    },
    'odd-letters': {
      says: 'a task whose id has a dot or a tilde is answered with 404',
      breaks: 'A read shows the id that was asked for',
      change: (own) => ({
        find: (id, world, call) => (/[.~]/.test(id) ? undefined : own.find(id, world, call)),
      }),
    },
  }),
];
