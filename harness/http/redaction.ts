/**
 * Removes the secrets of a run from what a target says. The client applies it where it makes an exchange, before anything
 * reads or shortens it: so no judge, reason, report or log ever holds a secret, however the target spells it.
 */

import { parsedJson } from '../../spec/record.ts';
import { type Exchange, type RecordedRequest, redactedMark } from '../model/exchange.ts';
import { decodings, type Range } from './escapes.ts';
import type { ProxyServer } from './proxy.ts';
import { type ClientCertificate, changed, type Login, wrongPassword } from './target.ts';

/** What a run must not reveal; a target is one. */
export interface Secrets {
  readonly login?: Login;
  readonly proxy?: Pick<ProxyServer, 'authorization'>;
  readonly clientCertificate?: Pick<ClientCertificate, 'passphrase'>;
}

export type Redact = (text: string) => string;

/** A shorter secret occurs by chance, so it is redacted only where it stands as a credential. */
const fewestCharacters = 8;

/** Words that responses and ids of a run contain: as a secret, each would spoil the evidence. In lower case. */
const usedWords =
  'crdb_guid crdb_tasks crdbs cluster_name clusters description error_code errors finished operation progress ' +
  'started ended worker_name worker failed queued status application/json application/problem+json charset=utf-8 ' +
  'content-type content-length www-authenticate connection keep-alive x-result-ttl x-task-id transfer-encoding ' +
  'conformance-crdb-tasks-conformance detail instance title undefined protocol phases cancel_failure committing';

/** A login whose secret is a word that may occur by chance. */
const isWeak = (secret: string): boolean =>
  [...secret].length < fewestCharacters || usedWords.includes(secret.toLowerCase());

/** @returns a warning where the password can't be redacted wherever it occurs */
export function weakSecretWarning({ login }: Secrets): string | undefined {
  if (!login || login.password === '' || !isWeak(login.password)) return undefined;
  const why =
    [...login.password].length < fewestCharacters
      ? `has fewer than ${fewestCharacters} characters`
      : 'is a word that the API itself uses';
  return `Warning: the password of ${login.user} ${why}: in the reports it is redacted only where it stands as a credential.`;
}

/**
 * @returns a function that puts {@link redactedMark} in place of each secret, in all spellings that targets use: percent
 *   and form encoding, JSON and other backslash escapes, HTML entities, up to three of them over each other; hexadecimal;
 *   base64, also of a longer text; other charsets; other case
 */
export function redactor(secrets: Secrets): Redact {
  const forms = new Map(formsOf(secrets).map((form) => [form.literal.toLowerCase(), form]));
  if (forms.size === 0) return (text) => text;
  return remembering((text) => {
    const levels = [...decodings(text)];
    // The deepest first: undecoded, a secret that ends with a backslash would lose one of two.
    const ranges = levels
      .toReversed()
      .flatMap((level) => [...matches(level.text, forms)].map((range) => level.whence(range)));
    return ranges.length === 0 ? text : without(text, ranges);
  });
}

const rememberedTexts = 500;
const rememberedCharacters = 100;

/** Most texts are the names and values of headers, which come again with each response. */
function remembering(redact: Redact): Redact {
  const known = new Map<string, string>();
  return (text) => {
    if (text.length > rememberedCharacters) return redact(text);
    const before = known.get(text);
    if (before !== undefined) return before;
    const clean = redact(text);
    if (known.size >= rememberedTexts) known.clear();
    known.set(text, clean);
    return clean;
  };
}

/** A text that gives a secret away. */
interface Form {
  readonly literal: string;
  /** What of a match is redacted, from and to; all of it by default. */
  readonly part?: readonly [from: number, to: number];
  /** Base64: the characters next to it depend on the secret too. */
  readonly hasEdges?: boolean;
  /** It counts only where no character of base64 is next to it. */
  readonly isWord?: boolean;
}

function formsOf({ login, proxy, clientCertificate }: Secrets): readonly Form[] {
  const logins = [login, loginIn(proxy?.authorization)]
    .filter((one) => one !== undefined)
    .filter(({ password }) => password !== '');
  const passwords = [...logins.flatMap(nearPasswords), clientCertificate?.passphrase ?? ''];
  return [
    ...passwords.filter((password) => !isWeak(password)).flatMap(anywhere),
    ...logins.filter(({ password }) => isWeak(password)).flatMap(asCredential),
    ...logins.flatMap(tokens),
  ];
}

/** The login in the value of an `Authorization` header. */
function loginIn(authorization: string | undefined): Login | undefined {
  const [user, ...password] = Buffer.from(authorization?.replace(/^Basic /, '') ?? '', 'base64')
    .toString()
    .split(':');
  return user === undefined || password.length === 0 ? undefined : { user, password: password.join(':') };
}

/** The base64 of a login, and of those that were made from it. A short token occurs by chance too. */
const tokens = ({ user, password }: Login): readonly Form[] =>
  charsets.flatMap((charset) => {
    const unpadded = (text: string) => Buffer.from(text, charset).toString('base64').replace(/=+$/, '');
    const token = unpadded(`${user}:${password}`);
    const others = [`${user}:${wrongPassword(password)}`, ...changedTexts({ user, password })].map(unpadded);
    return [
      ...(token.length < fewestCharacters ? [] : anywhere(token)),
      ...[...others, token].flatMap(alphabets).map((literal) => ({ literal, hasEdges: true, isWord: true })),
    ];
  });

const changedTexts = (login: Login): readonly string[] =>
  Object.values(changed)
    .map((textOf) => textOf(login))
    .filter((text) => text.replace(login.user, '').length > 1);

/** The password, and as much of it as a changed login shows. */
const nearPasswords = (login: Login): readonly string[] => [
  login.password,
  changed['password cut'](login).slice(login.user.length + 1),
];

/** A weak password in a URL, and in a JSON field of that name. */
const asCredential = ({ user, password }: Login): readonly Form[] =>
  [`${user}:|@`, '"password":"|"', '"password": "|"'].map((frame) => {
    const from = frame.indexOf('|');
    return { literal: frame.replace('|', () => password), part: [from, from + password.length] };
  });

const anywhere = (secret: string): readonly Form[] => [
  ...charsets.flatMap((charset) => {
    const bytes = Buffer.from(secret, charset);
    return [
      { literal: bytes.toString('hex') },
      ...[0, 1, 2].flatMap((offset) => base64Within(bytes, offset)),
    ];
  }),
  ...[secret, secret.replaceAll(' ', '+')].flatMap(otherwiseRead).map((literal) => ({ literal })),
];

/** How a text may be read, or written, where a charset is not what it should be. */
const otherwiseRead = (text: string): readonly string[] => [
  text,
  Buffer.from(text).toString('latin1'), // also in escapes of single bytes
  Buffer.from(text)
    .toString('latin1')
    .replace(/[^\0-\x7f]/g, '?'),
  text.replace(/[\u0080-\u00ff]/g, '\ufffd'),
  text.replace(/[^\0-\x7f]/gu, '\ufffd'),
  text.replace(/[^\0-\x7f]/gu, '?'),
];

const charsets = ['utf8', 'latin1'] as const;

/** The base64 of a secret within a longer text: the characters that depend on it alone. */
function base64Within(secret: Buffer, offset: number): readonly Form[] {
  const whole = Buffer.concat([Buffer.alloc(offset), secret]);
  const literal = whole
    .toString('base64')
    .slice(offset === 0 ? 0 : offset + 1, Math.floor((whole.length * 8) / 6));
  return alphabets(literal).map((text) => ({ literal: text, hasEdges: true }));
}

/** A text in base64, and the same in its alphabet for URLs. */
const alphabets = (text: string): readonly string[] => [text, text.replaceAll('+', '-').replaceAll('/', '_')];

function* matches(text: string, forms: ReadonlyMap<string, Form>): Generator<Range> {
  const lower = inLowerCase(text);
  for (const [literal, { part = [0, literal.length], hasEdges, isWord }] of forms) {
    for (let at = lower.indexOf(literal); at >= 0; at = lower.indexOf(literal, at + 1)) {
      const end = at + literal.length;
      const [before, after] = [isBase64(text[at - 1]), isBase64(text[end])];
      if (isWord && (before || after)) continue;
      if (hasEdges) yield [at - (before && !isWord ? 1 : 0), padded(text, end + (after ? 1 : 0))];
      else yield [at + part[0], at + part[1]];
    }
  }
}

const isBase64 = (character: string | undefined): boolean =>
  character !== undefined && /[\w+/-]/.test(character);

function padded(text: string, end: number): number {
  let to = end;
  while (text[to] === '=' && to < end + 2) to++;
  return to;
}

/** Of the same length: the lower case of a few letters is longer. */
function inLowerCase(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length
    ? lower
    : text.replace(/[A-Z\u00c0-\u00de]+/g, (letters) => letters.toLowerCase());
}

/** Puts the mark in place of some ranges, which may overlap. */
function without(text: string, ranges: readonly Range[]): string {
  let [clean, done] = ['', 0];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0] || b[1] - a[1])) {
    if (from >= done) clean += text.slice(done, from) + redactedMark;
    done = Math.max(done, to);
  }
  return clean + text.slice(done);
}

/** The end of a body that was not read to its end may be the beginning of a secret. */
const uncertainCharacters = 1500;

/** @returns the exchange without secrets, marked where it held one */
export function redactedExchange(exchange: Exchange, redact: Redact): Exchange {
  const { request, response, lost } = exchange;
  let isRedacted = false;
  const noting =
    (clean: Redact): Redact =>
    (text) => {
      const result = clean(text);
      isRedacted ||= result !== text;
      return result;
    };
  const text = noting(redact);
  const body = noting((whole) => redactedBody(whole, redact));
  const headers = (given: RecordedRequest['headers']) =>
    Object.fromEntries(Object.entries(given).map(([name, value]) => [text(name), text(value)]));
  const clean: Exchange = {
    ...exchange,
    request: {
      ...request,
      path: text(request.path),
      headers: headers(request.headers),
      ...(request.body === undefined ? {} : { body: body(request.body) }),
    },
    ...(lost === undefined ? {} : { lost: text(lost) }),
    ...(response === undefined
      ? {}
      : {
          response: {
            ...response,
            headers: headers(response.headers),
            body: response.truncated
              ? body(response.body).slice(0, -uncertainCharacters)
              : body(response.body),
          },
        }),
  };
  return isRedacted ? { ...clean, redacted: true } : clean;
}

/** Where redaction would break the JSON of a body, the texts in it are redacted one by one. */
export function redactedBody(body: string, redact: Redact): string {
  const clean = redact(body);
  if (clean === body || isJson(clean) || !isJson(body)) return clean;
  return JSON.stringify(JSON.parse(body), (_, value: unknown) =>
    typeof value === 'string' ? redact(value) : value,
  );
}

const isJson = (text: string): boolean => parsedJson(text) !== undefined;
