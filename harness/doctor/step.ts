/** The steps of a doctor, in their order, what each can find, and the guard that lets it only look. */

import type { Guard } from '../http/client.ts';
import type { UserError } from '../model/errors.ts';
import { couldChange, Forbidden } from '../provision/guard.ts';

export const steps = [
  'DNS',
  'TCP',
  'TLS',
  'HTTP',
  'login',
  'version',
  'operations',
  'clock',
  'permission',
  'provisioner',
] as const;
export type Step = (typeof steps)[number];

export interface Look {
  /** A note does not prevent a run. */
  readonly mark: 'ok' | 'note' | 'problem';
  /** One line. */
  readonly says: string;
  readonly remedy?: string;
  /** The node to try instead. */
  readonly master?: URL;
  /** No other node is tried: a login is sent to one node only. */
  readonly isLast?: true;
}

/** A step and what it found; `not looked at` after an earlier step failed. */
export type Looked = { readonly step: Step } & (
  | Look
  | {
      readonly mark: 'not looked at';
      readonly says: string;
      readonly remedy?: undefined;
      readonly master?: undefined;
      readonly isLast?: undefined;
    }
);

/** The error with which a run would end. */
export const asInARun = ({ message, remedy }: UserError): Look => problem(message.replace(/\.$/, ''), remedy);

export const ok = (says: string): Look => ({ mark: 'ok', says });
export const note = (says: string, remedy?: string): Look => ({
  mark: 'note',
  says,
  ...(remedy === undefined ? {} : { remedy }),
});
export const problem = (says: string, remedy: string): Look => ({ mark: 'problem', says, remedy });

export const onlyLooking: Guard = {
  admit(request) {
    const { method, path, headers } = request;
    // OPTIONS on a cancel's path cancels nothing, and its task id does not exist.
    if (method === 'OPTIONS' && headers === undefined) return;
    if (couldChange(request)) throw new Forbidden(`refused to send ${method} ${path}: doctor only reads`);
  },
  observe: () => {},
};
