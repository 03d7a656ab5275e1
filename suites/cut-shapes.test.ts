/** A request of one shape that is always cut off is one finding that names the shape; a network that loses responses is none. */
import { expect, test } from 'vitest';
import { gather } from '../harness/run/report.ts';
import { simulate, withoutNetwork } from '../harness/simulate/simulation.ts';
import { clausesThat } from '../harness/testing/suites/verdicts.ts';

/** A faithful server that cuts the connection of some requests. */
const cutting = (isCut: (path: string, serial: number) => boolean) =>
  simulate((clock) => {
    const server = withoutNetwork({ clock });
    let serial = 0;
    return {
      ...server,
      carry: (call) => {
        const carried = server.carry?.(call);
        if (!carried) throw new Error('there is no carrier');
        if (!isCut(call.path, serial++)) return carried;
        return { ...carried, answer: Promise.reject(new Error('read ECONNRESET')) };
      },
    };
  });

test('each read with verbose=true', async () => {
  const events = await cutting((path) => path.endsWith('?verbose=true'));
  expect(clausesThat(events, 'fail', 'warn')).toEqual(['read.statuses']);
  const found = gather(events).checks.filter(({ verdict }) => verdict === 'fail');
  expect(found.map(({ reason }) => reason)).toEqual([
    expect.stringMatching(
      /\d+ of \d+ connections cut for requests of this shape \(read, verbose=true\), while all \d+ others/,
    ),
  ]);
});

test('each tenth request', async () => {
  const events = await cutting((_, serial) => serial > 50 && serial % 10 === 0);
  expect(clausesThat(events, 'fail', 'warn')).toEqual([]);
});
