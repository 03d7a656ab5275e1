/** The three operations of the contract, as data. */

export const operations = ['list', 'read', 'cancel', 'control', 'other'] as const;
/** `other`: a request that is none of the three, such as GET on the cancel path. */
export type Operation = (typeof operations)[number];

/** Who asks. Only `own` and `lower-case scheme` carry the real login. */
export const credentialKinds = [
  'own',
  'none',
  'malformed',
  'unknown user',
  'wrong password',
  'lower-case scheme',
] as const;
export type Credentials = (typeof credentialKinds)[number];
