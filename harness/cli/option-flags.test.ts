import { expect, test } from 'vitest';
import { optionRows } from '../config/option-table.ts';
import { connectionKeys, optionFlags } from './option-flags.ts';

test('each flag has the name of its key, and only targets and tasks have no flag', () => {
  const keys = optionFlags().map((flag) => flag.attributeName());
  expect(keys).toEqual(optionRows.map(([key]) => key).filter((key) => key !== 'tasks' && key !== 'targets'));
  expect(keys.length).toBeLessThanOrEqual(39);
});

test('the help of a flag has its default and its environment variable', () => {
  const help = new Map(optionFlags().map((flag) => [flag.attributeName(), flag.description]));
  expect(help.get('target')).toContain(
    '(default: the reference cluster of this program; environment: CRDB_TARGET)',
  );
  expect(help.get('graceS')).toMatch(/\(default: 2\)$/);
});

test('another command may have some of them', () =>
  expect(optionFlags(connectionKeys).map((flag) => flag.attributeName())).toEqual(connectionKeys));
