/** The rows of the docs that a clause can cover, by name: each status code, each parameter, each field. */
import { addresses, type OperationName, objectPage, operationNames } from './contract.ts';
import { SpecError } from './errors.ts';
import type { Facts, FieldFact, OperationFacts, ParameterFact, StatusFact } from './fact.ts';

export type Row = { readonly id: string; readonly page: string } & (
  | { readonly kind: 'status'; readonly operation: OperationName; readonly fact: StatusFact }
  | { readonly kind: 'parameter'; readonly operation: OperationName; readonly fact: ParameterFact }
  | { readonly kind: 'field'; readonly fact: FieldFact }
);

/** @throws {SpecError} the facts lack one of the three operations */
export function factsOf(facts: Facts, operation: OperationName): OperationFacts {
  const { method, path } = addresses[operation];
  const found = facts.operations.find((fact) => fact.method === method && fact.path === path);
  if (found) return found;
  throw new SpecError(
    `The facts hold no ${method} ${path}.`,
    'Generate them from the page requests/crdb_tasks: spec generate --docs FILE.',
  );
}

/** Every row of the three operations and of the task object, in the order of the docs. */
export function rowsOf(facts: Facts): readonly Row[] {
  const rows: Row[] = [];
  for (const operation of operationNames) {
    const { page, statuses, parameters } = factsOf(facts, operation);
    for (const fact of statuses)
      rows.push({ id: `${operation}.status.${fact.code}`, kind: 'status', page, operation, fact });
    for (const fact of parameters)
      rows.push({ id: `${operation}.parameter.${fact.name}`, kind: 'parameter', page, operation, fact });
  }
  const fields = facts.objects.find(({ page }) => page === objectPage)?.fields ?? [];
  for (const fact of fields) rows.push({ id: `field.${fact.name}`, kind: 'field', page: objectPage, fact });
  return rows;
}
