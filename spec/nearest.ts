/** The name that was probably meant: what authors of mocks write for a documented field. */
import { distance } from 'fastest-levenshtein';

/** How many of an object's names are looked at: enough for any honest answer. */
const looked = 100;

/**
 * The undocumented name in `object` that most likely stands for the documented `wanted`:
 * `task_id` or `ID` for `id`, `state` for `status`.
 * @param documented names that mean themselves and can't stand for another
 */
export function standIn(object: object, wanted: string, documented: ReadonlySet<string>): string | undefined {
  const candidates = Object.keys(object)
    .slice(0, looked)
    .filter((name) => !documented.has(name) && name.length <= 40);
  return (
    candidates.find((name) => words(name).join('') === words(wanted).join('')) ??
    candidates.find((name) => words(name).includes(wanted)) ??
    candidates.find(
      (name) => distance(name.toLowerCase(), wanted) <= Math.min(2, Math.floor(wanted.length / 3)),
    )
  );
}

/** `taskId`, `task_id` and `Task-ID` are the words task and id. */
const words = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
