/** What the docs say of answers, and the clauses made of it, loaded when they are first asked for. */
import { loadRegister, type Register } from '../spec/register.ts';
import { loadValidators, type Validators } from '../spec/validators.ts';
import type { Operation } from './requests.ts';

let validators: Validators | undefined;
let register: Register | undefined;

export function documented(): Validators {
  validators ??= loadValidators();
  return validators;
}

export function registered(): Register {
  register ??= loadRegister();
  return register;
}

/** Whether a status is documented for an operation; for what is none of the three, everything is. */
export function isDocumented(operation: Operation, status: number | undefined): boolean {
  if (operation !== 'list' && operation !== 'read' && operation !== 'cancel') return true;
  return status !== undefined && documented().operations[operation].statuses.includes(status);
}
