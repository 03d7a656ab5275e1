import { expect, test } from 'vitest';
import { optionRows } from '../config/option-table.ts';
import { runFlags } from './run-flags.ts';

test('every key of the configuration file is its flag in camel case, but what no flag can hold', () => {
  const keys = runFlags().map((flag) => flag.attributeName());
  expect(keys).toEqual(optionRows.map(([key]) => key).filter((key) => key !== 'tasks' && key !== 'targets'));
});

test('the help of a flag says what holds without it, and which variable gives it', () => {
  const help = new Map(runFlags().map((flag) => [flag.attributeName(), flag.description]));
  expect(help.get('target')).toContain('(default: the reference cluster; environment: CRDB_TARGET)');
  expect(help.get('grace')).toBe('patience after an expiry (default: 2)');
});
