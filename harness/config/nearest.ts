/** The name that somebody may have meant. */
import { distance } from 'fastest-levenshtein';

/** The nearest of the known names, where it is near enough to be worth a word. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const [first] = known
    .map((candidate) => ({ candidate, far: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  return first && first.far <= Math.max(2, name.length / 2) ? first.candidate : undefined;
}
