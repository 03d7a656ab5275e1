/**
 * What the docs of an edition say of answers, and the clauses made of it, loaded when they are first asked for. A process
 * holds to one edition at a time.
 */
import { type Edition, loadEdition, readable } from '../../spec/edition.ts';
import { loadRegister, type Register } from '../../spec/register.ts';
import { loadValidators, type Validators } from '../../spec/validators.ts';
import type { Operation } from '../model/requests.ts';

let edition: Edition | undefined;
/** As `edition` was named. */
let heldAs: string | undefined;
let validators: Validators | undefined;
let register: Register | undefined;

/**
 * @param named an edition, `latest`, or a folder that holds one; undefined: the default one
 * @throws {SpecError} there is none, or none that can be read
 */
export function holdTo(named: string | undefined): void {
  if (edition !== undefined && named === heldAs) return; // a thread of a fleet holds many targets to one
  const wanted = loadEdition(named);
  const asked = loadRegister(wanted);
  validators = readable(`Edition ${wanted.name}`, () => loadValidators(wanted.document));
  register = asked;
  edition = wanted;
  heldAs = named;
}

/** The edition that this process holds to. */
export function heldTo(): Edition {
  edition ??= loadEdition();
  return edition;
}

export function documented(): Validators {
  validators ??= loadValidators(heldTo().document);
  return validators;
}

export function registered(): Register {
  register ??= loadRegister(heldTo());
  return register;
}

/** Whether a status is documented for an operation; for what is none of the three, everything is. */
export function isDocumented(operation: Operation, status: number | undefined): boolean {
  if (operation !== 'list' && operation !== 'read' && operation !== 'cancel') return true;
  return status !== undefined && documented().operations[operation].statuses.includes(status);
}
