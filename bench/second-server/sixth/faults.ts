/** All faults of the sixth set. */
import type { Fault } from '../fault.ts';
import { ids } from './ids.ts';
import { later } from './later.ts';
import { login } from './login.ts';
import { plain } from './plain.ts';
import { sameTime } from './same-time.ts';
import { time } from './time.ts';
import { two } from './two.ts';
import { which } from './which.ts';

export const faults: readonly Fault[] = [
  ...plain,
  ...two,
  ...later,
  ...which,
  ...sameTime,
  ...time,
  ...login,
  ...ids,
];
