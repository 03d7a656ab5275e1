/** Which name was probably meant: by a user who mistypes one, or by a server that invents one. */
import { distance } from 'fastest-levenshtein';

/** The nearest of the known names; undefined if none is near enough to be worth suggesting. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const [first] = known
    .map((candidate) => ({ candidate, far: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  return first && first.far <= Math.max(2, name.length / 2) ? first.candidate : undefined;
}

/** The remedy for a mistyped name: the nearest of the known ones; otherwise what is said where none is near. */
export function suggestion(name: string, known: readonly string[], otherwise: string): string {
  const near = nearest(name, known);
  return near === undefined ? otherwise : `Did you mean ${near}?`;
}

/** How many field names of an object are looked at. Objects of hostile servers can have millions. */
const lookedAt = 100;

/**
 * The undocumented field of `object` that most likely stands for the documented field `wanted`:
 * `task_id` or `ID` for `id`, `state` for `status`.
 * @param documented names of documented fields; none of them stands for another
 */
export function standIn(object: object, wanted: string, documented: ReadonlySet<string>): string | undefined {
  const candidates = Object.keys(object)
    .slice(0, lookedAt)
    .filter((name) => !documented.has(name) && name.length <= 40);
  return (
    candidates.find((name) => wordsOf(name).join('') === wordsOf(wanted).join('')) ??
    candidates.find((name) => wordsOf(name).includes(wanted)) ??
    candidates.find(
      (name) => distance(name.toLowerCase(), wanted) <= Math.min(2, Math.floor(wanted.length / 3)),
    )
  );
}

/** `taskId`, `task_id` and `Task-ID` are the words task and id. */
const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
