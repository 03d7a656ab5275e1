/** Parsed JSON and YAML, looked into safely: only own fields count, so that no prototype ever answers. */

/** Whether a value is a JSON object. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field of an object; undefined if the value is no object or has no such field. */
export const field = (value: unknown, name: string): unknown =>
  isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;

/** A text field of an object; undefined if there is none. */
export const textOf = (value: unknown, name: string): string | undefined => {
  const text = field(value, name);
  return typeof text === 'string' ? text : undefined;
};

/** What a JSON text holds; undefined where it is not JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** JSON that is the same text for the same data, in whatever order the fields of an object are. */
export const canonical = (data: unknown): string =>
  JSON.stringify(data, (_, value: unknown) =>
    isRecord(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

/**
 * A mistake in a docs page or in a file of the contract that the user can correct. The command line prints `problem`
 * and `remedy`, one line each, and ends with exit code 2.
 */
export class SpecError extends Error {
  readonly problem: string;
  readonly remedy: string;

  constructor(problem: string, remedy: string, options?: ErrorOptions) {
    super(problem, options);
    this.name = 'SpecError';
    this.problem = problem;
    this.remedy = remedy;
  }
}
