/** What the docs say of answers, loaded when it is first asked for. */
import { loadValidators, type Validators } from '../spec/validators.ts';
import type { Operation } from './requests.ts';

let loaded: Validators | undefined;

export function documented(): Validators {
  loaded ??= loadValidators();
  return loaded;
}

/** Whether a status is documented for an operation; for what is none of the three, everything is. */
export function isDocumented(operation: Operation, status: number | undefined): boolean {
  if (operation !== 'list' && operation !== 'read' && operation !== 'cancel') return true;
  return status !== undefined && documented().operations[operation].statuses.includes(status);
}
