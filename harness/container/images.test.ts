import { describe, expect, test } from 'vitest';
import { UserError } from '../model/errors.ts';
import { imageNamed, imagesOf } from './images.ts';

test.each([
  ['redislabs/redis:7.8.6-286', 'redislabs-redis-7.8.6-286'],
  ['registry.corp:5000/redis', 'registry.corp-5000-redis'],
  [`redis@sha256:${'ab'.repeat(32)}`, 'redis-abababababab'],
])('an image has the name of a folder: %s', (reference, name) => {
  expect(imageNamed(reference)).toEqual({ reference, name });
});

test.each(['', '-rm', 'a b', 'a//b', 'redis:', '--privileged', 'redis@sha256:12', 'a\u0007b'])(
  'no image: %j',
  (reference) => {
    expect(() => imageNamed(reference)).toThrow(UserError);
  },
);

describe('a matrix', () => {
  test('holds tags of the vendor’s image, by commas or blanks', () => {
    expect(imagesOf(['7.4.6-272,7.8.6-286', '8.0.20-68.25'], {})).toEqual([
      { reference: 'redislabs/redis:7.4.6-272', name: '7.4.6-272' },
      { reference: 'redislabs/redis:7.8.6-286', name: '7.8.6-286' },
      { reference: 'redislabs/redis:8.0.20-68.25', name: '8.0.20-68.25' },
    ]);
  });

  test('of the image that --container names, its port and all; whole images stay as they are', () => {
    expect(imagesOf(['7.4, mine:1'], { container: 'registry.corp:5000/redis' })).toEqual([
      { reference: 'registry.corp:5000/redis:7.4', name: '7.4' },
      { reference: 'mine:1', name: 'mine-1' },
    ]);
  });

  test('a tag cannot be the name of a file of ours', () => {
    expect(imagesOf(['fleet.json'], {})[0]?.name).toBe('fleet-json');
  });

  test.each([
    { matrix: ['7.4,7.4'], says: 'twice' },
    { matrix: ['a/b', 'a-b'], says: 'one folder: a-b' },
    { matrix: ['v1,V1'], says: 'one folder' },
    { matrix: [','], says: 'names no image' },
    { matrix: ['7.4;rm'], says: 'names no image' },
    { matrix: ['7.4'], container: 'redis:7', says: 'without a tag' },
  ])('$matrix: $says', ({ matrix, says, ...options }) => {
    expect(() => imagesOf(matrix, options)).toThrow(says);
  });
});
