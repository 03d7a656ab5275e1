/** Options that contradict each other are refused before anything is sent. */
import { describe, expect, test } from 'vitest';
import type { RunOptions } from '../config/run-options.ts';
import { scopeOf, wantedProvision } from './plan.ts';

const replay = 'create 0 queued; cancel 0; read 0';

describe('refused:', () => {
  test.each<{ options: RunOptions; says: string }>([
    { options: { replay, clause: ['cancel'] }, says: '--clause has no effect beside --replay.' },
    { options: { replay, explore: 5 }, says: '--explore has no effect beside --replay.' },
  ])('$says', async ({ options, says }) => {
    await expect(scopeOf(options)).rejects.toMatchObject({ message: says, exitCode: 2 });
  });

  test.each<{ options: RunOptions; says: string }>([
    { options: { crdb: 'guid', databases: 3 }, says: '--databases has no effect beside --crdb.' },
    { options: { databases: 3 }, says: '--databases is for --provision crdbs, which is not given.' },
    {
      options: { databases: 3, provision: 'control' },
      says: '--databases is for --provision crdbs, and --provision is control.',
    },
    {
      options: { crdb: 'guid', provision: 'none' },
      says: '--crdb is for --provision crdbs, and --provision is none.',
    },
    {
      options: { command: './task.sh', crdb: 'guid' },
      says: '--command is for --provision command, and --provision is crdbs.',
    },
    {
      options: { readOnly: true, provision: 'crdbs' },
      says: '--read-only makes no tasks, but --provision crdbs makes them.',
    },
  ])('$says', ({ options, says }) => expect(() => wantedProvision(options)).toThrow(says));
});

describe('how tasks come about:', () => {
  test.each<{ options: RunOptions; provision: RunOptions['provision'] }>([
    { options: {}, provision: undefined },
    { options: { crdb: 'guid' }, provision: 'crdbs' },
    { options: { databases: 3, provision: 'crdbs' }, provision: 'crdbs' },
    { options: { command: './task.sh' }, provision: 'command' },
    { options: { readOnly: true }, provision: 'none' },
    { options: { readOnly: true, provision: 'fixed' }, provision: 'fixed' },
  ])('$options: $provision', ({ options, provision }) => expect(wantedProvision(options)).toBe(provision));
});
