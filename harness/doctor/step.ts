/** What a doctor looks at on the way to a target, in this order, and what is said of each. */
import type { UserError } from '../model/errors.ts';

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

/** What was seen at a step. */
export interface Look {
  /** A note hinders no run. */
  readonly mark: 'ok' | 'note' | 'problem';
  /** One line for people. */
  readonly says: string;
  /** What to do next. */
  readonly remedy?: string;
  /** Which node is to be asked in its place. */
  readonly master?: URL;
  /** No other node is to be asked: a login is tried at one alone. */
  readonly isLast?: true;
}

/** A step with what was seen; or not even looked at, for an earlier one is broken. */
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

/** What a run would end with there. */
export const asARunSays = ({ message, remedy }: UserError): Look =>
  problem(message.replace(/\.$/, ''), remedy);

export const ok = (says: string): Look => ({ mark: 'ok', says });
export const note = (says: string, remedy?: string): Look => ({
  mark: 'note',
  says,
  ...(remedy === undefined ? {} : { remedy }),
});
export const problem = (says: string, remedy: string): Look => ({ mark: 'problem', says, remedy });
