/** The JSON Schema of `expectations.yaml`. `npm run schemas` writes it. */
import type { Expectation } from '../model/report.ts';
import type { JsonSchema } from './option-kinds.ts';

const text = { type: 'string', minLength: 1 };

const properties: Readonly<Record<keyof Expectation, JsonSchema>> = {
  clause: { ...text, description: 'The clause that fails.' },
  target: { ...text, description: 'A target by its name or by one of its labels; left out: any target.' },
  fingerprint: { ...text, description: 'The kind of the failure, as --update-expectations writes it.' },
  reason: { ...text, description: 'Why it is put up with.' },
  link: { ...text, description: 'Where it is followed up, such as an issue.' },
  owner: { ...text, description: 'Who sees to it.' },
  expires: { type: 'string', format: 'date', description: 'The last day on which it counts: 2026-12-31.' },
  flaky: { type: 'boolean', description: 'It comes now and then: a run without it proves nothing.' },
};

export const expectationsSchema = (): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:crdb-conformance:expectations:1',
  title: 'Failures that crdb-conformance run is to expect',
  type: 'array',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['clause', 'fingerprint', 'reason'],
    properties,
  },
});
