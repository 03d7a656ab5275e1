/**
 * A recording: an environment that answers from the evidence of an earlier run, with its instants, and sends nothing.
 * A check that needs an exchange which is not in the evidence is inconclusive.
 */
import { bracket } from '../model/bracket.ts';
import { LostRace } from '../model/errors.ts';
import type { Exchange } from '../model/exchange.ts';
import type { Request } from '../model/requests.ts';
import type { Environment } from './environment.ts';

export const notInEvidence = 'it is not in the evidence';

/** After everything that was recorded. */
const past = bracket(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);

/**
 * @param pathPrefix the path prefix of the recorded target; '' where it has none
 * @returns an environment whose `send` rejects with {@link LostRace} where an exchange is not in the evidence
 */
export function recordingEnvironment(exchanges: readonly Exchange[], pathPrefix: string): Environment {
  const inOrder = exchanges.toSorted((a, b) => a.sentAt - b.sentAt || a.attempt - b.attempt);
  const recorded = Map.groupBy(inOrder, keyOf);
  return {
    async send(request) {
      const left = recorded.get(keyOf(asRecorded(request, pathPrefix))) ?? [];
      const { length } = attemptsOf(left);
      const last = left.splice(0, length).at(-1);
      if (last) return last;
      throw new LostRace(`${request.method} ${pathPrefix}${request.path}: ${notInEvidence}`);
    },
    now: () => past,
    wait: async () => {},
    close: () => {},
  };
}

/** The first attempt and those that followed it. */
function attemptsOf(left: readonly Exchange[]): readonly Exchange[] {
  const next = left.findIndex(({ attempt }, index) => index > 0 && attempt === 1);
  return next < 0 ? left : left.slice(0, next);
}

type Recorded = Pick<Exchange, 'sentFor' | 'request'>;

/** The request, its credentials and its check: the same check sends the same requests in the same order. */
const keyOf = ({ sentFor, request: { method, path, credentials, headers, body } }: Recorded): string =>
  JSON.stringify([sentFor, method, path, credentials, headers['X-Result-TTL'], body]);

const asRecorded = (request: Request, pathPrefix: string): Recorded => ({
  ...(request.sentFor === undefined ? {} : { sentFor: request.sentFor }),
  request: {
    method: request.method,
    path: pathPrefix + request.path,
    headers: request.headers ?? {},
    credentials: request.credentials ?? 'own',
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
  },
});
