/** Which operations the target offers, as far as OPTIONS tells. */

import { type Exchange, json } from '../model/exchange.ts';
import { cancel, list, type Request, read } from '../model/requests.ts';
import { answerText } from '../provision/databases.ts';
import { type Look, note, ok } from './step.ts';

/** OPTIONS on the path of each operation; it changes nothing, and the task is nobody's. */
export const optionsOf = (
  id: string,
): readonly { readonly name: string; readonly method: string; readonly asks: Request }[] =>
  [
    { name: 'list', request: list() },
    { name: 'read', request: read({ id }) },
    { name: 'cancel', request: cancel({ id }) },
  ].map(({ name, request: { path, method } }) => ({
    name,
    method,
    asks: { operation: 'other', method: 'OPTIONS', path },
  }));

/** One operation, and what OPTIONS on its path was answered with. */
export interface Told {
  readonly name: string;
  readonly method: string;
  readonly answer: Exchange;
}

/**
 * A hint, never proof: a target may answer OPTIONS as it likes.
 * @param listed the answer to the list
 */
export function judgeOperations(told: readonly Told[], listed: Exchange): Look {
  if (listed.response?.status !== 200 || !Array.isArray(json(listed)?.value))
    return note(
      `it does not look like the task API: GET ${listed.request.path} ${listed.response?.status === 200 ? 'shows no list' : answerText(listed)}`,
      'Mend the host, the port or the path prefix in --target. If they are right, a run tells what is broken.',
    );
  const missing = told.filter(({ answer }) => answer.response?.status === 404);
  const without = told.filter(({ method, answer: { response } }) => {
    const allowed = response?.headers.allow;
    return (
      allowed !== undefined &&
      response?.status !== 404 &&
      !allowed
        .toUpperCase()
        .split(/[\s,]+/)
        .includes(method)
    );
  });
  const silent = told.filter(({ answer }) => answer.response?.headers.allow === undefined);
  if (missing.length > 0 || without.length > 0)
    return note(
      [
        ...missing.map(({ name }) => `${name} may be missing: OPTIONS on its path answers 404`),
        ...without.map(
          ({ name, method, answer }) =>
            `${name} may be missing: its path allows ${answer.response?.headers.allow}, and not ${method}`,
        ),
      ].join('; '),
      'This is a hint and no proof. A run tells for certain, as one finding for each operation that is missing.',
    );
  if (silent.length > 0)
    return note(
      `OPTIONS tells nothing of ${silent.map(({ name }) => name).join(', ')}: ${silent.map(({ answer }) => answerText(answer)).join(', ')}`,
    );
  return ok('list, read and cancel are there, says OPTIONS');
}
