/** A process holds to one edition of the contract at a time, so that runs beside each other must ask for the same. */
import { edition as usual } from '../../spec/contract.ts';
import { UserError } from '../model/errors.ts';

const underWay: { edition: string; runs: number } = { edition: usual, runs: 0 };

/**
 * Holds to an edition until it is disposed of.
 * @throws {UserError} exit 2: a run is under way that is held to another
 */
export function oneEdition(edition: string = usual): Disposable {
  if (underWay.runs > 0 && underWay.edition !== edition)
    throw new UserError(
      `A run is to be held to the edition ${edition} while one beside it is held to ${underWay.edition}.`,
      'Let one end before the other begins.',
      2,
    );
  underWay.edition = edition;
  underWay.runs++;
  return { [Symbol.dispose]: () => void underWay.runs-- };
}
