// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is what the file's variables look like
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { UserError } from '../model/errors.ts';
import { expanded } from './environment.ts';

const read = (text: string, env: NodeJS.ProcessEnv) => expanded(parse(text), env, 'a.yaml');

/** What a configuration that can't be used says. */
function refusal(text: string, env: NodeJS.ProcessEnv): UserError {
  try {
    read(text, env);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a variable of the environment', () => {
  const env = { HOST: 'h', PATIENCE: '7', YES: 'true', EMPTY: '', WHERE: '${HOST}' };
  test('is put into a text, a number, a switch, a choice, a list and a map', () => {
    const text =
      'target: https://${HOST}/a\ntimeout: ${PATIENCE}\nstrict: "${YES}"\nsuite: [x, "${HOST}"]\ntasks: {running: ["${HOST}1"]}';
    expect(read(text, env).options).toEqual({
      target: 'https://h/a',
      timeout: 7,
      strict: true,
      suite: ['x', 'h'],
      tasks: { running: ['h1'] },
    });
  });
  test('is not looked for in what it holds, and $${ is a plain one', () =>
    expect(read('user: "${WHERE} $${HOST}"', env).options).toEqual({ user: '${HOST} ${HOST}' }));
  test.each([
    { text: 'user: ${GONE}', says: 'user needs the environment variable GONE, which is not set' },
    { text: 'user: "${__proto__}"', says: 'needs the environment variable __proto__' },
    { text: 'user: "${a-b}"', says: 'user holds a ${ that names no environment variable' },
    { text: 'user: ${EMPTY}', says: 'user is no text: it is made from EMPTY' },
    { text: 'timeout: ${HOST}', says: 'timeout is no number of seconds above 0: it is made from HOST' },
    { text: 'provision: ${HOST}', says: 'provision is no one of control, crdbs, fixed, command, none' },
  ])('$text is refused: $says', ({ text, says }) => {
    const { message, exitCode } = refusal(text, env);
    expect(message).toContain(says);
    expect([exitCode, message.split('\n').length]).toEqual([2, 1]);
  });
  test('that can’t be used is not said', () =>
    expect(refusal('timeout: ${PW}', { PW: 's3cret' }).message).not.toContain('s3cret'));

  test('is told with the value that was made from it', () => {
    const { variables } = read('target: "${HOST}${PATIENCE}"\nuser: me', env);
    expect([...variables]).toEqual([['target', ['HOST', 'PATIENCE']]]);
  });
});
