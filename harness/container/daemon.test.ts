/** What a daemon says, in words for people, and how it is asked. The words are those of Docker 20 to 28. */
import { describe, expect, test } from 'vitest';
import { addressesFor, textIn } from './boot.ts';
import { notPulled } from './pulling.ts';
import { noDaemon } from './runtime.ts';

describe('an image that can’t be pulled', () => {
  test.each([
    {
      says: "pull access denied for nobody/nothing, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
      problem: 'there is no such image, or its registry wants a login',
      remedy: 'docker login',
    },
    {
      says: 'Head "https://r.corp/v2/a/manifests/1": unauthorized: authentication required',
      problem: 'its registry wants a login',
      remedy: 'docker login',
    },
    {
      says: 'manifest for redislabs/redis:7.0.0 not found: manifest unknown: manifest unknown',
      problem: 'there is no such tag',
      remedy: 'Mend the tag',
    },
    {
      says: 'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host',
      problem: 'its registry can’t be reached',
      remedy: 'docker load',
    },
    {
      says: 'toomanyrequests: You have reached your pull rate limit.',
      problem: 'its registry has had too many pulls',
      remedy: 'Wait',
    },
    {
      says: 'no matching manifest for linux/arm64/v8 in the manifest list entries',
      problem: 'it isn’t there for this kind of processor',
      remedy: 'Take an image for it',
    },
    { says: 'something new', problem: 'see what the daemon says', remedy: 'Try docker pull' },
  ])('$problem', ({ says, problem, remedy }) => {
    const error = notPulled('an/image:1', new Error(`(HTTP code 404) unexpected - ${says} `));
    expect(error).toMatchObject({ exitCode: 3, remedy: expect.stringContaining(remedy) });
    expect(error.message).toContain(`an/image:1 can’t be pulled: ${problem}`);
    expect(error.message).toContain(says);
    expect(error.message).not.toContain('HTTP code');
  });
});

describe('no daemon', () => {
  test.each([
    { way: 'not there', says: 'is not there', remedy: 'Install and start Docker' },
    { way: 'closed', says: 'may not ask', remedy: 'group docker' },
    { way: 'open', says: 'No Docker daemon answers at /var/run', remedy: 'Start it' },
  ] as const)('the socket is $way', ({ way, says, remedy }) => {
    const error = noDaemon({}, way);
    expect(error).toMatchObject({ exitCode: 3, remedy: expect.stringContaining(remedy) });
    expect(error.message).toContain(says);
  });

  test('where DOCKER_HOST names it, that is told, and no password in it', () => {
    const { message } = noDaemon({ DOCKER_HOST: 'tcp://u:secret@far:2375' }, 'open');
    expect(message).toBe('No Docker daemon answers at tcp://…@far:2375, which DOCKER_HOST names.');
  });
});

test('the pieces of both streams are put together; one that is cut off is shown as far as it goes', () => {
  const piece = (stream: number, text: string, length = text.length): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt8(stream, 0);
    head.writeUInt32BE(length, 4);
    return Buffer.concat([head, Buffer.from(text)]);
  };
  expect(textIn(Buffer.concat([piece(1, 'out\n'), piece(2, 'err\n'), piece(1, 'cu', 100)]))).toBe(
    'out\nerr\ncu',
  );
  expect(textIn(Buffer.alloc(3))).toBe('');
});

test('a port is opened for this machine alone, where the daemon is on it', () => {
  expect(addressesFor('localhost')).toEqual({ bound: '127.0.0.1', asked: '127.0.0.1' });
  expect(addressesFor('172.17.0.1')).toEqual({ bound: '', asked: '172.17.0.1' });
});
