import { expect, test } from 'vitest';
import { UserError } from '../model/errors.ts';
import { imageNamed } from './images.ts';

test.each(['redislabs/redis:7.8.6-286', 'registry.corp:5000/redis', `redis@sha256:${'ab'.repeat(32)}`])(
  'an image: %s',
  (reference) => {
    expect(imageNamed(reference)).toBe(reference);
  },
);

test.each(['', '-rm', 'a b', 'a//b', 'redis:', '--privileged', 'redis@sha256:12', 'a\u0007b'])(
  'no image: %j',
  (reference) => {
    expect(() => imageNamed(reference)).toThrow(UserError);
  },
);
