/**
 * `npx vitest --project conformance`: the suites against the target of CRDB_TARGET, CRDB_USER and CRDB_PASSWORD, or
 * against an embedded reference cluster. Each clause is a test.
 */
import { afterAll } from 'vitest';
import { describeConformance } from '../harness/api/vitest.ts';
import { realClock } from '../harness/http/clock.ts';
import { startReference } from '../harness/reference/reference.ts';

const { CRDB_TARGET: target, CRDB_USER: user, CRDB_CONTRACT: contract } = process.env;
const edition = contract === undefined ? {} : { contract };

if (target) {
  describeConformance({ target, ...(user === undefined ? {} : { user }), ...edition });
} else {
  const reference = await startReference({ clock: realClock(), epochMs: Date.now() });
  afterAll(() => reference.close());
  const { url, user, password } = reference;
  describeConformance({ target: url, user, password, ...edition });
}
