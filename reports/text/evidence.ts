/** The exchanges behind a check, and the cURL lines that repeat them. No line holds a secret: the login comes from the environment. */
import type { Exchange } from '../../harness/model/exchange.ts';
import type { CheckResult, Report } from '../../harness/model/report.ts';
import type { Credentials } from '../../harness/model/requests.ts';
import { andMore } from './sentences.ts';
import { mainStoryOf, recordedIn } from './story.ts';

const harmless = /^[A-Za-z0-9_/.,:+@%][A-Za-z0-9_/.,:+@%=-]*$/;

/** Long runs of one letter (malformed ids are made of them), what a terminal could take for a command, the rest. */
const pieces = /(?<run>(?<letter>[A-Za-z0-9])\k<letter>{99,})|(?<unsafe>(?:(?!\n)[\p{C}\p{Zl}\p{Zp}])+)/gu;

/** @returns `word` for a POSIX shell. A NUL is lost: no argument can hold one. */
export function quoted(word: string): string {
  if (harmless.test(word) && word.length < 100) return word;
  let shell = '';
  let end = 0;
  for (const match of word.matchAll(pieces)) {
    const { run, letter, unsafe } = match.groups ?? {};
    shell += literal(word.slice(end, match.index));
    if (run !== undefined && letter !== undefined) shell += repeated(letter, run.length);
    if (unsafe !== undefined) shell += bytes(unsafe);
    end = match.index + match[0].length;
  }
  shell += literal(word.slice(end));
  return shell === '' ? "''" : shell;
}

const literal = (text: string): string => (text === '' ? '' : `'${text.replaceAll("'", "'\\''")}'`);

const repeated = (letter: string, times: number): string => `"$(printf %0${times}d 0 | tr 0 ${letter})"`;

/** A newline is left to `literal`: at its end, `$(…)` would lose it. */
const bytes = (text: string): string =>
  `"$(printf '${[...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}')"`;

const loginWords: Readonly<Partial<Record<Credentials, string>>> = {
  own: 'with the login',
  none: 'without credentials',
  malformed: 'with a malformed Authorization header',
  'scheme alone': 'with the scheme and no login behind it',
  'no UTF-8': 'with a login that is not UTF-8',
  'unknown user': 'as an unknown user',
  'empty login': 'with an empty user and an empty password',
  'wrong password': 'with a wrong password',
  'lower-case scheme': 'with the login; scheme written as `basic`',
  Bearer: 'with a Bearer token',
};

/** What was sent in place of the login. */
export const loginInWords = (sent: Credentials): string =>
  loginWords[sent] ?? `with a changed login: ${sent}`;

/** How the run trusted the target's certificate, and which client certificate it presented. */
export interface Trust {
  readonly insecure?: boolean;
  /** The file given with `--ca`. */
  readonly ca?: string;
  /** The files given with `--cert` and `--key`. */
  readonly shown?: { readonly cert: string; readonly key: string };
}

/** A text of the shell in base64. */
const encoded = (format: string, text: string): string =>
  `$(printf ${format} ${text} | base64 | tr -d '\\n')`;
const header = (scheme: string, token: string): readonly string[] => [
  '-H',
  `"Authorization: ${scheme} ${token}"`,
];

/** What is sent for each kind; the literal ones are what harness/http/target.ts sends, and harmless. */
const logins: Readonly<Record<Credentials, readonly string[]>> = {
  own: ['-u', '"$CRDB_USER:$CRDB_PASSWORD"'],
  none: [],
  malformed: ['-H', quoted('Authorization: Basic %%% this is no base64 %%%')],
  'scheme alone': ['-H', quoted('Authorization: Basic')],
  'no UTF-8': ['-H', quoted('Authorization: Basic /zr+')],
  'unknown user': ['-u', 'no-such-user:no-password'],
  'empty login': ['-u', ':'],
  'wrong password': ['-u', '"$CRDB_USER:$CRDB_PASSWORD-but-wrong"'],
  'lower-case scheme': header('basic', encoded('%s', '"$CRDB_USER:$CRDB_PASSWORD"')),
  Bearer: header('Bearer', 'no-such-token'),
  'password cut': ['-u', `"$CRDB_USER:\${CRDB_PASSWORD%?}"`],
  'password in other case': ['-u', `"$CRDB_USER:$(printf %s "$CRDB_PASSWORD" | tr 'a-zA-Z' 'A-Za-z')"`],
  'blank before password': ['-u', '"$CRDB_USER: $CRDB_PASSWORD"'],
  'blank after password': ['-u', '"$CRDB_USER:$CRDB_PASSWORD "'],
  'NUL after password': header('Basic', encoded("'%s\\0'", '"$CRDB_USER:$CRDB_PASSWORD"')),
  'letter beyond ASCII after password': header('Basic', encoded("'%sé'", '"$CRDB_USER:$CRDB_PASSWORD"')),
  'colon after password': ['-u', '"$CRDB_USER:$CRDB_PASSWORD:"'],
  'escape in password': [
    '-u',
    `"$CRDB_USER:$(printf %s "\${CRDB_PASSWORD%"\${CRDB_PASSWORD#?}"}" | od -An -tx1 | tr -d '\\n' | tr ' ' %)\${CRDB_PASSWORD#?}"`,
  ],
  'no password': ['-u', '"$CRDB_USER:"'],
  'no user': ['-u', '":$CRDB_PASSWORD"'],
  'other user': ['-u', '"no-such-user:$CRDB_PASSWORD"'],
  'other domain': ['-u', `"\${CRDB_USER%%@*}@elsewhere.invalid:$CRDB_PASSWORD"`],
  'blank after user': ['-u', '"$CRDB_USER :$CRDB_PASSWORD"'],
  'user alone': header('Basic', encoded('%s', '"$CRDB_USER"')),
  'Bearer with login': header('Bearer', encoded('%s', '"$CRDB_USER:$CRDB_PASSWORD"')),
  'login not encoded': header('Basic', `$(printf %s "$CRDB_USER:$CRDB_PASSWORD" | LC_ALL=C tr -c ' -~' '?')`),
  'letter before scheme': header('XBasic', encoded('%s', '"$CRDB_USER:$CRDB_PASSWORD"')),
  'other scheme before': header('Bearer x, Basic', encoded('%s', '"$CRDB_USER:$CRDB_PASSWORD"')),
  'no scheme': ['-H', `"Authorization: ${encoded('%s', '"$CRDB_USER:$CRDB_PASSWORD"')}"`],
};

/**
 * @param targetUrl the target's address; only its origin is used, for a recorded path is whole
 * @returns one line for POSIX sh that reads the login from `CRDB_USER` and `CRDB_PASSWORD`
 */
export function curl({ request }: Pick<Exchange, 'request'>, targetUrl: string, trust: Trust = {}): string {
  return [
    'curl -isSg --path-as-is',
    ...(trust.insecure ? ['-k'] : []),
    ...(trust.ca === undefined ? [] : ['--cacert', quoted(trust.ca)]),
    ...(trust.shown ? ['--cert', quoted(trust.shown.cert), '--key', quoted(trust.shown.key)] : []),
    '-X',
    quoted(request.method),
    ...logins[request.credentials],
    ...headers(request),
    ...body(request),
    quoted(new URL(targetUrl).origin + request.path),
  ].join(' ');
}

type Request = Exchange['request'];

function headers(request: Request): readonly string[] {
  return Object.entries(request.headers).flatMap(([name, value]) => [
    '-H',
    quoted(value === '' ? `${name};` : `${name}: ${value}`), // `Name:` would tell curl to leave the header out
  ]);
}

/** A POST without a body is sent with its length, 0; `-X POST` alone sends none. */
function body(request: Request): readonly string[] {
  if (request.body === undefined && request.method !== 'POST') return [];
  const names = Object.keys(request.headers).map((name) => name.toLowerCase());
  return [
    ...(names.includes('content-type') ? [] : ['-H', 'Content-Type:']), // curl would add that of a form
    '--data-raw',
    quoted(request.body ?? ''),
  ];
}

/** A cURL line and how often in a row it was sent. */
export interface Repeat {
  readonly line: string;
  readonly times: number;
}

export interface Evidence {
  /**
   * The requests of a check in the order of sending: of a broken one from the making of its task on, of another one those
   * that show it.
   */
  readonly repeats: readonly Repeat[];
  /** How many requests of its story are left out, most of them after the first. */
  readonly left: number;
  /** Why the last of its requests that was lost was lost. */
  readonly lost?: string;
}

/** @returns what finds the evidence of a check; made once for a report */
export function evidenceOf(report: Report): (check: CheckResult) => Evidence {
  const { target, run } = report;
  const trust = trusted(run.settings);
  const recorded = recordedIn(report);
  return (check) => {
    const shown = recorded.shown(check);
    const isBroken = check.verdict === 'fail' || check.verdict === 'warn';
    const { exchanges: sent, left } = (isBroken ? mainStoryOf(recorded, check) : undefined) ?? {
      exchanges: shown,
      left: 0,
    };
    const lost = shown.findLast((exchange) => exchange.lost !== undefined)?.lost;
    return {
      repeats: repeatsOf(sent, (exchange) => curl(exchange, target.url, trust), left > 0),
      left,
      ...(lost === undefined ? {} : { lost }),
    };
  };
}

/**
 * The same line several times in a row is one. A wait between two is a line: a pause of a second or more that is much
 * longer than the one before it, as between polls.
 * @param isCut requests after the first are left out, so what is between the first two is no pause
 */
function repeatsOf(
  sent: readonly Exchange[],
  lineOf: (exchange: Exchange) => string,
  isCut: boolean,
): readonly Repeat[] {
  const repeats: Repeat[] = [];
  let pausedMs = 0;
  for (const [at, exchange] of sent.entries()) {
    const beforeMs = pausedMs;
    pausedMs = at < (isCut ? 2 : 1) ? 0 : exchange.sentAt - (sent[at - 1]?.receivedAt ?? 0);
    const waitedS = pausedMs > 3 * beforeMs ? Math.round(pausedMs / 1000) : 0;
    if (waitedS >= 1) repeats.push({ line: `${pause}${waitedS}`, times: 1 });
    const line = lineOf(exchange);
    const last = repeats.at(-1);
    if (last?.line === line) repeats.splice(-1, 1, { line, times: last.times + 1 });
    else repeats.push({ line, times: 1 });
  }
  return repeats;
}

const pause = 'sleep ';

function trusted({ insecure, ca, cert, key }: Report['run']['settings']): Trust {
  return {
    insecure: insecure === true,
    ...(typeof ca === 'string' ? { ca } : {}),
    ...(typeof cert === 'string' && typeof key === 'string' ? { shown: { cert, key } } : {}),
  };
}

const repeatText = ({ line, times }: Repeat): string => (times > 1 ? `${line} # ${times} times` : line);

/** As many lines as fit: the first, which makes the task, and the last, which show the verdict. */
export function repeatLines({ repeats, left }: Evidence, most: number): readonly string[] {
  const lines = repeats.map(repeatText);
  const cut = lines.slice(1, Math.max(1, lines.length - most + 1));
  const more = left + cut.filter((line) => !line.startsWith(pause)).length;
  if (more === 0) return lines;
  return [...lines.slice(0, 1), `# ${andMore(more, 'request')}`, ...lines.slice(1 + cut.length)];
}

export const needsLogin = ({ line }: Repeat): boolean => line.includes('$CRDB_USER');

/**
 * @returns the checks in groups of one kind, in the order of their first; in a group the plainest comes first: the one
 *   with the fewest parameters
 */
export const kindsOf = (checks: readonly CheckResult[]): readonly (readonly CheckResult[])[] =>
  [...Map.groupBy(checks, kindOf).values()].map((kind) =>
    kind.toSorted((one, other) => parametersOf(one) - parametersOf(other)),
  );

const parametersOf = ({ name }: CheckResult): number => name.split(', ').length;

/** Checks of a clause that saw the same where the same was expected tell the same story. */
const kindOf = ({ reason, expected, seen }: CheckResult): string =>
  expected === undefined || seen === undefined ? reason : `${expected}\n${seen}`;
