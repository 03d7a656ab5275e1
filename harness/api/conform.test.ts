import { expect, test } from 'vitest';
import { type ConformanceOptions, wantedOf } from './conform.ts';

const target = 'http://127.0.0.1:8080';
const functions = { create: () => {}, move: () => {} };
/** As a vendor's JavaScript may give them, which no compiler has read. */
const given = (options: object): ConformanceOptions => ({ target, ...options });

test.each([
  { what: 'a text', given: target },
  { what: 'a URL', given: new URL(target) },
  { what: 'a function', given: () => target },
  { what: 'a function that takes its time', given: async () => new URL(target) },
])('the target may be $what', async ({ given: address }) => {
  const { options } = await wantedOf({ target: address }, []);
  expect(new URL(options.target ?? '').origin).toBe(target);
});

test('without a user no credentials are sent', async () => {
  expect((await wantedOf({ target }, [])).options.auth).toBe(false);
  expect((await wantedOf({ target, user: 'me' }, [])).options.auth).toBe(true);
});

test('a provisioner is a name of `run`, or functions', async () => {
  const named = await wantedOf({ target, provision: 'none' }, []);
  expect([named.options.provision, named.own]).toEqual(['none', undefined]);
  const own = await wantedOf({ target, provision: functions }, []);
  expect([own.options.provision, own.own]).toEqual([undefined, functions]);
});

test.each([
  { wrong: { stric: true }, says: 'There is no option stric.', remedy: 'Did you mean strict?' },
  { wrong: { target: undefined }, says: 'target is undefined when the run begins.', remedy: 'mock.url' },
  { wrong: { target: () => 7 }, says: 'target is a number when the run begins.', remedy: 'mock.url' },
  {
    wrong: { provision: { create: () => {} } },
    says: 'The provisioner has no function move.',
    remedy: 'create(task) and move(id, phase)',
  },
  { wrong: { provision: 'crdbs' }, says: 'provision crdbs makes databases', remedy: 'Name it with out' },
  { wrong: { crdb: 'a-guid' }, says: 'provision crdbs makes databases', remedy: 'Name it with out' },
])('$wrong is refused: $says', async ({ wrong, says, remedy }) => {
  await expect(wantedOf(given(wrong), [])).rejects.toMatchObject({
    message: expect.stringContaining(says),
    remedy: expect.stringContaining(remedy),
    exitCode: 2,
  });
});

test('with a folder for its resource log a run may make databases', async () => {
  await expect(wantedOf(given({ provision: 'crdbs', out: 'out' }), [])).resolves.toBeDefined();
});

test('what the caller has for its own is let by', async () => {
  await expect(wantedOf(given({ name: 'mine' }), ['name'])).resolves.toBeDefined();
});
