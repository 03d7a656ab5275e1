/** The fourth set: what an id becomes by decoding, trimming, cutting and comparing. */
import { faultsOf } from '../fault.ts';
import { faithful, problem, type Rules, type Task, type World } from '../rules.ts';

/** The id of a segment is changed further, by all operations or by the given one. */
const turned = (
  change: (id: string) => string | undefined,
  only?: 'read' | 'cancel',
): Pick<Rules, 'idOf'> => ({
  idOf(segment, call) {
    const id = faithful.idOf(segment, call);
    return id === undefined || (only && call.operation !== only) ? id : change(id);
  },
});

/** A task that is not found by its id is looked for by a comparison. */
const compared = (own: Rules, isSame: (task: Task, id: string) => boolean): Pick<Rules, 'find'> => ({
  find(id, world, call) {
    const task = own.find(id, world, call);
    const other = task ?? [...world.tasks.values()].find((one) => isSame(one, id));
    return other && world.now() < world.rules.expiresMs(other, world) ? other : undefined;
  },
});

function decoded(id: string): string | undefined {
  try {
    return decodeURIComponent(id);
  } catch {
    return undefined;
  }
}

const firstOfEach = (tasks: readonly Task[], keyOf: (task: Task) => string): Task[] => [
  ...new Map(tasks.toReversed().map((task) => [keyOf(task), task])).values(),
];

export const idsFaults = faultsOf('ids', {
  'v-cancel-decodes-twice': {
    says: 'The cancel decodes its id twice.',
    breaks: 'An id that becomes a live one only by decoding twice is unknown',
    change: () => turned(decoded, 'cancel'),
  },
  'v-read-trims-the-end': {
    says: 'Blanks and line ends behind an id are trimmed by the read.',
    breaks: 'An id that becomes a live one only by trimming is unknown',
    change: () => turned((id) => id.trimEnd(), 'read'),
  },
  'v-id-ends-at-a-semicolon': {
    says: 'What follows a semicolon in an id is dropped, as a parameter of the path.',
    breaks: 'An id that becomes a live one only by cutting is unknown',
    change: () => turned((id) => id.split(';')[0]),
  },
  'v-id-ends-at-an-encoded-mark': {
    says: 'An encoded question mark or number sign ends an id, as the path is decoded before it is parsed.',
    breaks: 'An id that becomes a live one only by cutting is unknown',
    change: () => turned((id) => id.split(/[?#]/)[0]),
  },
  'v-id-ends-at-nul': {
    says: 'An id ends at an encoded NUL character.',
    breaks: 'An id that becomes a live one only by cutting is unknown',
    change: () => turned((id) => id.split('\0')[0]),
  },
  'v-format-suffix-is-dropped': {
    says: 'An ending .json of an id is dropped, as a wish for a format.',
    breaks: 'An id that becomes a live one only by cutting is unknown',
    change: () => turned((id) => id.replace(/\.json$/, '')),
  },
  'v-last-part-of-the-path-counts': {
    says: 'Of an id with encoded slashes, only what follows the last one counts.',
    breaks: 'Malformed id (encoded slash): never another task; unknown if live only by cutting',
    change: () => turned((id) => id.slice(id.lastIndexOf('/') + 1)),
  },
  'v-dots-are-resolved': {
    says: 'Encoded slashes and dot segments inside of an id are resolved: x%2F..%2Fid is id.',
    breaks: 'Malformed id (dot segments): 404 or 400, never another task',
    change: () => turned((id) => new URL(`http://host/${id}`).pathname.slice(1)),
  },
  'v-quotes-are-dropped': {
    says: 'Quotes and braces around an id are dropped.',
    breaks: 'Malformed id (quotes): never another task; unknown if live only by trimming',
    change: () => turned((id) => id.replace(/^["'{(]+|["'})]+$/g, '')),
  },
  'v-id-is-cut-after-36': {
    says: 'An id is cut after 36 characters, the length of a UUID.',
    breaks: 'An id that becomes a live one only by cutting is unknown',
    change: () => turned((id) => id.slice(0, 36)),
  },
  'v-unique-start-will-do': {
    says: 'A start of at least eight characters names a task if no other one starts so.',
    breaks: 'An id that becomes a live one only by adding to it is unknown',
    change: (own) => ({
      find(id, world, call) {
        const alike = [...world.tasks.values()].filter((task) => id.length >= 8 && task.id.startsWith(id));
        return own.find(alike.length === 1 ? (alike[0]?.id ?? id) : id, world, call);
      },
    }),
  },
  'v-last-character-is-not-compared': {
    says: 'An id that differs from a live one in its last character alone names it.',
    breaks: 'Unknown id, read: 404',
    change: (own) =>
      compared(own, ({ id: live }, id) => id.length === live.length && id.slice(0, -1) === live.slice(0, -1)),
  },
  'v-hyphens-do-not-count': {
    says: 'Ids are compared without their hyphens.',
    breaks: 'An id that becomes a live one only by adding to it is unknown',
    change: (own) =>
      compared(own, (task, id) => id !== '' && task.id.replaceAll('-', '') === id.replaceAll('-', '')),
  },
  'v-numbers-are-compared': {
    says: 'Ids that are numbers are compared as numbers: 07 and 7.0 are 7.',
    breaks: 'An id that becomes a live one only by trimming is unknown',
    change: (own) => compared(own, (task, id) => /\d/.test(id) && Number(task.id) === Number(id)),
  },
  'v-like-is-used': {
    says: 'An id is looked up with LIKE: percent signs and underscores in it stand for anything.',
    breaks: 'Malformed id: never another task',
    change: (own) =>
      compared(own, (task, id) => {
        const pattern = id
          .replace(/[^\w%]/g, '\\$&')
          .replaceAll('%', '.*')
          .replaceAll('_', '.');
        return new RegExp(`^${pattern}$`, 's').test(task.id);
      }),
  },
  'v-id-is-a-pattern': {
    says: 'An unknown id is taken for a regular expression, and one that is none is answered with 500.',
    breaks: 'Malformed id: never 5xx, never another task',
    change: (own) => compared(own, (task, id) => new RegExp(`^${id}$`).test(task.id)),
  },
  'v-wide-letters-are-folded': {
    says: 'Ids are normalised: full-width digits, letters and hyphens are the same as the plain ones.',
    breaks: 'Unknown id, read: 404',
    change: () => turned((id) => id.normalize('NFKC')),
  },
  'v-bad-percent-is-500': {
    says: 'A percent sign in an id that no two hex digits follow is answered with 500 by the cancel.',
    breaks: 'Malformed id: 404 or 400, never 5xx',
    change: (own) => ({
      cancel: (call, world) =>
        own.idOf(call.segment, call) === undefined ? problem(500, 'URIError') : own.cancel(call, world),
    }),
  },
  'v-long-id-is-500': {
    says: 'An id of more than 255 bytes is answered with 500, as the name of a file that is too long.',
    breaks: 'Malformed id (2,000 characters): 404 or 400, never 5xx',
    change: (own) => ({
      find(id, world, call) {
        if (Buffer.byteLength(id) > 255) throw new Error('File name too long');
        return own.find(id, world, call);
      },
    }),
  },
  'v-names-of-every-object-are-500': {
    says: 'Tasks are kept in a plain object: the read of `constructor` or `toString` is answered with 500.',
    breaks: 'Unknown id, read: 404',
    change: (own) => ({
      find(id, world, call) {
        if (id in {}) throw new Error('task.status is not a function');
        return own.find(id, world, call);
      },
    }),
  },
  'v-list-is-keyed-by-eight-characters': {
    says: 'The list has one row for ids that start with the same eight characters.',
    breaks: 'What must the list hold: every running or committing task',
    change: (own) => ({
      listed: (world: World) => firstOfEach(own.listed(world), ({ id }) => id.slice(0, 8)),
    }),
  },
  'v-long-ids-meet-after-48': {
    says: 'Ids are kept in 48 characters: of longer ones that start alike, each names the oldest task.',
    breaks: 'A read shows the id that was asked for',
    change: (own) => ({
      find(id, world, call) {
        const key = id.slice(0, 48);
        const same = [...world.tasks.keys()].find((other) => other.slice(0, 48) === key);
        return own.find(id.length > 48 && world.tasks.has(id) ? (same ?? id) : id, world, call);
      },
    }),
  },
});
