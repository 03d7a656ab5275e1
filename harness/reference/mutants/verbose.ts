/** What is wrong with `verbose`. */
import { contractBut } from '../change.ts';
import type { Mutant } from '../mutant.ts';

export const verboseMutants: readonly Mutant[] = [
  {
    id: 'verbose-drops-guid',
    breaks: 'verbose=true loses the database guid',
    rules: contractBut({ read: { rewriteVerbose: ({ crdb_guid: _, ...task }) => task } }),
    killedBy: ['verbose.keeps-fields'],
    mayFail: [],
  },
  {
    id: 'verbose-contradicts-operation',
    breaks: 'verbose=true shows another operation than the plain read',
    rules: contractBut({ read: { rewriteVerbose: (task) => ({ ...task, operation: 'UPDATE' }) } }),
    killedBy: ['verbose.keeps-fields'],
    mayFail: [],
  },
  {
    id: 'verbose-runs-ahead',
    breaks: 'verbose=true shows a task in its commit phase as finished',
    rules: contractBut({
      read: {
        rewriteVerbose: (task, { phase }) =>
          phase === 'committing' ? { ...task, status: 'finished' } : task,
      },
    }),
    killedBy: ['verbose.keeps-fields'],
    mayFail: [],
  },
  {
    id: 'verbose-drops-errors',
    breaks: 'verbose=true loses the errors of a failed task',
    rules: contractBut({ read: { rewriteVerbose: ({ errors: _, ...task }) => task } }),
    killedBy: ['verbose.keeps-fields'],
    mayFail: [],
  },
  {
    id: 'verbose-is-500',
    breaks: 'verbose=true is answered with 500',
    rules: contractBut({ read: { verbose: { true: 500 } } }),
    killedBy: ['verbose.keeps-fields'],
    mayFail: [],
  },
  {
    id: 'verbose-ignored',
    breaks: 'verbose=true adds nothing, in no phase',
    rules: contractBut({ read: { verbose: { true: 'plain' } } }),
    killedBy: ['verbose.adds'],
    mayFail: [],
  },
  {
    id: 'verbose-false-is-true',
    breaks: 'verbose=false is answered like verbose=true',
    rules: contractBut({ read: { verbose: { false: 'verbose' } } }),
    killedBy: ['verbose.false-is-plain'],
    mayFail: [],
  },
  {
    id: 'verbose-false-is-400',
    breaks: 'verbose=false is refused with 400',
    rules: contractBut({ read: { verbose: { false: 400 } } }),
    killedBy: ['verbose.false-is-plain'],
    mayFail: [],
  },
  {
    id: 'verbose-malformed-is-500',
    breaks: 'a verbose that is no boolean is answered with 500',
    rules: contractBut({ read: { verbose: { malformed: 500 } } }),
    killedBy: ['verbose.malformed'],
    mayFail: [],
  },
  {
    id: 'verbose-malformed-is-404',
    breaks: 'a verbose that is no boolean is answered with 404',
    rules: contractBut({ read: { verbose: { malformed: 404 } } }),
    killedBy: ['verbose.malformed'],
    mayFail: [],
  },
];
