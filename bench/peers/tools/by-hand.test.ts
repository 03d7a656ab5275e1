import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { steps } from '../careful.ts';
import { arazzoFile, stepCiFile } from './by-hand.ts';

const target = { url: 'http://127.0.0.1:1', user: 'user', password: 'secret' };

test('the Arazzo file holds every step, under a name of its own', () => {
  const written: { workflows: { steps: { stepId: string }[] }[] } = parse(arazzoFile(target, 'openapi.yaml'));
  const ids = written.workflows.flatMap((workflow) => workflow.steps.map(({ stepId }) => stepId));
  expect(ids).toEqual(steps.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
});

test('the StepCI file holds every step but those that come about after a while', () => {
  const written: { tests: { careful: { steps: { name: string }[] } } } = parse(stepCiFile(target));
  const late = steps.filter(({ withinS }) => withinS !== undefined).map(({ id }) => id);
  expect(late).toEqual(['cancelled-has-failed']);
  expect([...written.tests.careful.steps.map(({ name }) => name), ...late].sort()).toEqual(
    steps.map(({ id }) => id).sort(),
  );
});
