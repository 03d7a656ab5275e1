/** Another tool that could judge a server of the task API, and how it is asked. */
import type { NewTask } from '../../harness/reference/reference.ts';

export interface Target {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

export interface Peer {
  readonly name: string;
  readonly version: string;
  /** What its user has: the OpenAPI file and live ids, requests written by hand, or nothing but the target. */
  readonly from: 'OpenAPI and live ids' | 'requests by hand' | 'the target';
  /** How it was set up, in a few words. */
  readonly how: string;
  /** Makes sure that it is there. @throws {Error} it can't be had on this machine */
  readonly install: () => void;
  /** What its user writes for a target, with file names or without: its lines are counted. */
  readonly writes: (target: Target) => readonly string[];
  /** @returns what it accuses the server of, in words that are the same for the same thing */
  readonly accuse: (target: Target, folder: string) => Promise<readonly string[]>;
}

/** The tasks that are there already, for the tools that can't bring any about: each may be cancelled once. */
export const live = {
  read: 'live-running',
  cancel: 'live-queued',
  committing: 'live-committing',
  stubborn: 'live-stubborn',
  finished: 'live-finished',
  failed: 'live-failed',
} as const;

export const liveTasks: readonly NewTask[] = [
  { id: live.read, phase: 'running' },
  { id: live.cancel, phase: 'queued' },
  { id: live.committing, phase: 'committing' },
  { id: live.stubborn, phase: 'running', cancelFails: true },
  { id: live.finished, phase: 'finished' },
  { id: live.failed, phase: 'failed' },
];

export const basic = ({ user, password }: Target): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
