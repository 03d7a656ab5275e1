/**
 * A recording: it answers from the evidence of an earlier run, at the instants of that run, and sends nothing. A check
 * that asks for what the evidence doesn't hold ends there, for it can prove nothing.
 */
import { bracket } from '../model/bracket.ts';
import { LostRace } from '../model/errors.ts';
import type { Exchange } from '../model/exchange.ts';
import type { Request } from '../model/requests.ts';
import type { Environment } from './environment.ts';

/** Everything that was recorded is past. */
const past = bracket(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);

/**
 * @param pathPrefix of the target that the evidence is of; '' where it has none
 * @returns a environment whose `send` rejects with {@link LostRace} where an exchange is not in the evidence
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
      throw new LostRace(`${request.method} ${pathPrefix}${request.path}: it is not in the evidence`);
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

/** What was asked, by whom and for which check: the same check asks the same in the same order. */
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
