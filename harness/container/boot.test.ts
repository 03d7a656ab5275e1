/** Errors of a Docker daemon, as people read them. The texts are those of Docker 20 to 28. */
import { expect, test } from 'vitest';
import { noDaemon } from './boot.ts';
import { notPulled } from './images.ts';

test.each([
  { says: "pull access denied for a/b, may require 'docker login'", remedy: 'docker login' },
  { says: 'Head "https://r.corp/v2/a": unauthorized: authentication required', remedy: 'docker login' },
  { says: 'toomanyrequests: You have reached your pull rate limit.', remedy: 'docker login' },
  {
    says: 'manifest for redislabs/redis:7.0.0 not found: manifest unknown',
    remedy: 'Correct the name or tag',
  },
  { says: 'no matching manifest for linux/arm64/v8', remedy: 'for this processor' },
  { says: 'dial tcp: lookup registry-1.docker.io: no such host', remedy: 'docker load' },
  { says: 'something new', remedy: 'Try docker pull' },
])('an image that can’t be pulled: $says', ({ says, remedy }) => {
  const error = notPulled('an/image:1', new Error(`(HTTP code 404) unexpected - ${says} `));
  expect(error).toMatchObject({ exitCode: 3, remedy: expect.stringContaining(remedy) });
  expect(error.message).toBe(`an/image:1 can’t be pulled: ${says.replace(/\.$/, '')}.`);
});

test('no daemon: DOCKER_HOST is named without its password', () => {
  const { message, exitCode } = noDaemon({ DOCKER_HOST: 'tcp://u:secret@far:2375' }, new Error('no answer'));
  expect(message).toBe('No Docker daemon answers at DOCKER_HOST=tcp://…@far:2375 (no answer).');
  expect(exitCode).toBe(3);
});
