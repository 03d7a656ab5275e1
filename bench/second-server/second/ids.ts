/** Faults of what an id becomes on its way from the path to the task. */
import { faultsOf } from '../fault.ts';
import type { Rules, Task } from '../rules.ts';

const becomes =
  'An id that becomes a live one only by decoding twice, trimming, cutting or adding to it: unknown';
const never = 'Malformed id: 404, or 400; never 5xx, never another task';

/** A server that looks further where the id itself is unknown. */
const alsoFinds = (own: Rules, suits: (task: Task, id: string) => boolean): Partial<Rules> => ({
  find(id, world, call) {
    const other = world.tasks.has(id) ? undefined : [...world.tasks.values()].find((task) => suits(task, id));
    return own.find(other?.id ?? id, world, call);
  },
});
const quoted = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const bare = (id: string) => id.replace(/^urn:uuid:|[{}-]/g, '');

export const idFaults = faultsOf('ids', {
  'id-with-wildcards': {
    says: 'the signs % and _ in an unknown id stand for any text and any character (LIKE)',
    breaks: never,
    change: (own) =>
      alsoFinds(own, (task, id) =>
        new RegExp(`^${quoted(id).replaceAll('%', '.*').replaceAll('_', '.')}$`).test(task.id),
      ),
  },
  'id-as-pattern': {
    says: 'an unknown id is taken for a regular expression; one that is none gives 500',
    breaks: never,
    change: (own) => alsoFinds(own, (task, id) => new RegExp(`^${id}$`).test(task.id)),
  },
  'ids-as-properties': {
    says: 'ids such as constructor and toString are properties of the store and give 500',
    breaks: 'Unknown id, read: 404',
    change: (own) => ({
      find(id, world, call) {
        if (id in {}) throw new Error('The task has no status');
        return own.find(id, world, call);
      },
    }),
  },
  'ids-as-numbers': {
    says: 'ids of digits are compared as numbers: 007 and 7.0 find 7',
    breaks: becomes,
    change: (own) =>
      alsoFinds(own, (task, id) => /^\d+$/.test(task.id) && id !== '' && Number(task.id) === Number(id)),
  },
  'ids-cut-at-36': {
    says: 'only the first 36 characters of an id count; of several such tasks the first is found',
    breaks: becomes,
    change: (own) => ({
      find(id, world, call) {
        const start = id.slice(0, 36);
        const task = [...world.tasks.values()].find((one) => one.id.slice(0, 36) === start);
        return own.find(task?.id ?? id, world, call);
      },
    }),
  },
  'format-suffix-cut': {
    says: 'the ending .json or .xml of an unknown id is cut off (the format that is wanted)',
    breaks: becomes,
    change: (own) => alsoFinds(own, (task, id) => id.replace(/\.(json|xml)$/, '') === task.id),
  },
  'id-cut-at-nul': {
    says: 'an id ends at its first NUL character',
    breaks: becomes,
    change: (own) => alsoFinds(own, (task, id) => id.split('\0')[0] === task.id),
  },
  'id-in-normal-form': {
    says: 'an unknown id is brought into the Unicode normal form NFKC: full-width letters find plain ones',
    breaks: 'Unknown id, read: 404',
    change: (own) => alsoFinds(own, (task, id) => id.normalize('NFKC') === task.id),
  },
  'uuid-in-any-form': {
    says: 'a UUID is found without its dashes, in braces, and with urn:uuid: before it',
    breaks: becomes,
    change: (own) =>
      alsoFinds(own, (task, id) => /^[\da-f]{32}$/i.test(bare(id)) && bare(id) === bare(task.id)),
  },
  'no-id-is-the-newest': {
    says: 'an empty id names the newest task, for the read and for the cancel',
    breaks: never,
    change: (own) => ({
      find: (id, world, call) => own.find(id || ([...world.tasks.keys()].at(-1) ?? ''), world, call),
    }),
  },
  'last-part-of-id': {
    says: 'of an unknown id with encoded slashes the part after the last one counts',
    breaks: never,
    change: (own) => alsoFinds(own, (task, id) => id.split('/').at(-1) === task.id),
  },
  'tilde-is-no-id': {
    says: 'a task whose id has a tilde or a dot in it is listed, but no path leads to it',
    breaks: 'A read shows the id that was asked for; no id format is required',
    change: (own) => ({
      find: (id, world, call) => (/[~.]/.test(id) ? undefined : own.find(id, world, call)),
    }),
  },
  'cancel-decodes-twice': {
    says: 'the cancel decodes an id twice; the read does it once',
    breaks: becomes,
    change: (own) => ({
      idOf(segment, call) {
        const id = own.idOf(segment, call);
        return id === undefined || call.operation !== 'cancel' ? id : own.idOf(id, call);
      },
    }),
  },
});
