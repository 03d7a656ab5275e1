import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { schemas } from './schemas.ts';

test.each(schemas.map((one) => ({ ...one, name: one.file.pathname.split('/').at(-1) })))(
  '$name is what the tables come to: npm run schemas writes it',
  ({ file, schema }) => expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(schema),
);
