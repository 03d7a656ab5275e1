/**
 * A schema as an ajv validator that stays small on huge answers: it is cut at its arrays, and the rows of each
 * are validated one by one, so that the errors of a row are worded or counted before those of the next arise.
 */
import type { Ajv2020, ValidateFunction } from 'ajv/dist/2020.js';
import { type OpenApiDocument, resolved, type Schema } from './document.ts';
import { addErrors, Problems } from './problems.ts';
import { field } from './record.ts';

export interface SchemaCheck {
  readonly schema: Schema;
  /** Validates all but the rows of arrays. */
  readonly validate: ValidateFunction;
  readonly arrays: readonly ArrayCheck[];
}

interface ArrayCheck {
  /** Names of the fields that lead to the array; none where the value itself is the array. */
  readonly path: readonly string[];
  readonly rows: SchemaCheck;
}

/** Compiles a schema of the document, references resolved. */
export function compile(ajv: Ajv2020, document: OpenApiDocument, schema: Schema): SchemaCheck {
  const arrays: ArrayCheck[] = [];
  const cut = (part: Schema, path: readonly string[]): Schema => {
    const whole = resolved(document, part);
    if (whole.items) {
      arrays.push({ path, rows: compile(ajv, document, whole.items) });
      const { items: _, ...rest } = whole;
      return rest;
    }
    if (!whole.properties) return whole;
    const properties = Object.entries(whole.properties).map(
      ([name, property]) => [name, cut(property, [...path, name])] as const,
    );
    return { ...whole, properties: Object.fromEntries(properties) };
  };
  const shallow = cut(schema, []);
  return { schema: shallow, validate: ajv.compile(shallow), arrays };
}

/** The problems of a value, at most five and a count of the rest; none where it is valid. */
export function problemsOf(check: SchemaCheck, value: unknown): string[] {
  const problems = new Problems();
  collect(check, value, () => '', problems);
  return problems.lines();
}

function collect(check: SchemaCheck, value: unknown, at: () => string, problems: Problems): void {
  if (!check.validate(value)) addErrors(problems, check.validate.errors ?? [], at, value, check.schema);
  for (const { path, rows } of check.arrays) {
    const array = path.reduce(field, value);
    if (!Array.isArray(array)) continue; // absent, or told as a wrong type already
    array.forEach((row, index) => {
      collect(
        rows,
        row,
        () => `${[at(), ...path].filter((step) => step !== '').join('.')}[${index}]`,
        problems,
      );
    });
  }
}
