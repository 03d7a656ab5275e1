import { expect, test } from 'vitest';
import { readOf, readShows } from '../testing/exchange-samples.ts';
import { phaseShown } from './phase-shown.ts';

const doing = (worker: string) => ({ progress: { clusters: [{ name: 'c', progress: 'x' }], worker } });

test.each([
  { what: 'queued', answer: readShows('queued'), phase: 'queued' },
  { what: 'started, without details', answer: readShows('started'), phase: 'running' },
  { what: 'started, at work', answer: readShows('started', doing('applying')), phase: 'running' },
  {
    what: 'started, at its commit',
    answer: readShows('started', doing('Committing the change')),
    phase: 'committing',
  },
  {
    what: 'a cluster at its commit',
    answer: readShows('started', { progress: { clusters: [{ progress: 'commit' }] } }),
    phase: 'committing',
  },
  { what: 'a commit in another word', answer: readShows('started', doing('recommitted')), phase: 'running' },
  {
    what: 'a commit in another field',
    answer: readShows('started', { operation: 'commit' }),
    phase: 'running',
  },
  {
    what: 'finished, with details of its commit',
    answer: readShows('finished', doing('committed')),
    phase: 'finished',
  },
  { what: 'failed', answer: readShows('failed'), phase: 'failed' },
  { what: 'an unknown status', answer: readShows('completed'), phase: undefined },
  { what: 'not found', answer: readOf({ status: 404 }), phase: 'gone' },
  { what: 'lost', answer: readOf({ lost: 'reset' }), phase: undefined },
])('$what: $phase', ({ answer, phase }) => expect(phaseShown(answer)).toBe(phase));
