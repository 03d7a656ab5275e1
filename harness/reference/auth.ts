/** Basic credentials, and what the rules say of doubtful ones. */
import type { AuthRules, Doubt, Operation } from './rules.ts';

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** What is doubtful about an `Authorization` header, or null where it is the login. */
export function doubtAbout(
  header: string | undefined,
  login: Login,
  schemeCase: AuthRules['schemeCase'],
): Doubt | null {
  if (header === undefined) return 'absent';
  const [scheme = '', token = '', ...rest] = header.trim().split(/ +/);
  const known = schemeCase === 'any' ? scheme.toLowerCase() === 'basic' : scheme === 'Basic';
  if (!known || rest.length > 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(token)) return 'malformed';
  const given = Buffer.from(token, 'base64').toString('utf8');
  const colon = given.indexOf(':');
  if (colon < 0) return 'malformed';
  if (given.slice(0, colon) !== login.user) return 'unknown user';
  return given.slice(colon + 1) === login.password ? null : 'wrong password';
}

/** The doubt for which an operation is refused, or null where it is not. */
export function refusedFor(
  operation: Operation,
  header: string | undefined,
  login: Login,
  rules: AuthRules,
): Doubt | null {
  const doubt = doubtAbout(header, login, rules.schemeCase);
  return doubt !== null && rules.overlooks[operation].includes(doubt) ? null : doubt;
}
