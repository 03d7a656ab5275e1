/** The tools that people use to test an HTTP API, as data: what their user writes, how they are started, what they report. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export interface PeerTarget {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

export interface Peer {
  readonly name: string;
  readonly version: string;
  /** What its user starts from. */
  readonly from: 'OpenAPI file' | 'requests by hand' | 'the target';
  /** How it was set up, in a few words. */
  readonly setup: string;
  /** The files that its user writes, by name: their lines are counted. */
  readonly files: (target: PeerTarget) => Readonly<Record<string, string>>;
  /** The copy of the OpenAPI file that it can work with, `openapi.yaml`. */
  readonly openApi?: () => string;
  /** Installs it where it is missing. */
  readonly command: (
    target: PeerTarget,
    folder: string,
  ) => { readonly program: string; readonly args: readonly string[]; readonly env?: NodeJS.ProcessEnv };
  /** What it reports if it doesn't exit with 0: the same text for the same fault. */
  readonly findings: (folder: string) => readonly string[];
}

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const openApiFile = (): string => readFileSync(pathOf('../../spec/editions/7.8/openapi.yaml'), 'utf8');
const basic = ({ user, password }: PeerTarget): string =>
  Buffer.from(`${user}:${password}`).toString('base64');

const cache = `${process.env.XDG_CACHE_HOME ?? `${homedir()}/.cache`}/crdb-tasks-conformance/peers/`;
const run = (command: string, args: readonly string[], cwd = cache): void =>
  void execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'], timeout: 600_000 });

/** Installs a package of npm or PyPI into the user's cache. @returns where its modules or its programs are */
function installed(from: 'npm' | 'pypi', name: string, version: string): string {
  const home = `${cache}${name.replace(/^@/, '').replace('/', '-')}`;
  mkdirSync(cache, { recursive: true });
  if (from === 'pypi') {
    if (!existsSync(`${home}/bin/pip`)) run('python3', ['-m', 'venv', home]);
    run(`${home}/bin/pip`, ['install', '--quiet', `${name}==${version}`]);
    return `${home}/bin/`;
  }
  if (!existsSync(`${home}/node_modules/${name}`))
    run('npm', ['install', '--no-audit', '--no-fund', '--prefix', home, `${name}@${version}`]);
  return `${home}/node_modules/`;
}

/** The failed test cases of a JUnit file. `kinds` are words of a failure that distinguish it from others of its test case. */
function junitFailures(xml: string, kinds: RegExp = /$^/g): readonly string[] {
  const cases = xml.matchAll(/<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g);
  return [...cases].flatMap(([, attributes = '', inside = '']) => {
    if (!/<(failure|error)\b/.test(inside)) return [];
    const [, name = ''] = /\bname="([^"]*)"/.exec(attributes) ?? [];
    const found = [...new Set(inside.match(kinds) ?? [])];
    return found.length === 0 ? [name] : found.map((kind) => `${name}: ${kind}`);
  });
}

/** Tasks that exist before a tool starts that can't make any; each is cancelled once at most. */
export const liveTasks = [
  { id: 'live-running', phase: 'running' },
  { id: 'live-queued', phase: 'queued' },
  { id: 'live-committing', phase: 'committing' },
  { id: 'live-stubborn', phase: 'running', cancelFails: true },
  { id: 'live-finished', phase: 'finished' },
  { id: 'live-failed', phase: 'failed' },
] as const;

const one = (id: string): string => `/v1/crdb_tasks/${id}`;
const cancel = (id: string): string => `${one(id)}/actions/cancel`;

const schemathesisConfig = `[[operations]]
include-operation-id = "readTask"
parameters = { task_id = "live-running" }

[[operations]]
include-operation-id = "cancelTask"
parameters = { task_id = "live-queued" }
`;
/** They report servers that are right: a second cancel is refused, and an invalid \`force\` may be ignored. */
const unfairChecks = 'positive_data_acceptance,negative_data_rejection';

/** Status, method and path of each example, and the body of a 200. */
const specmaticExamples: readonly (readonly [number, string, string, unknown?])[] = [
  [200, 'GET', '/v1/crdb_tasks', [{ id: 'live-running', status: 'started' }]],
  [200, 'GET', one('live-running'), { id: 'live-running', status: 'started' }],
  [404, 'GET', one('unknown')],
  [200, 'POST', cancel('live-queued')],
  [404, 'POST', cancel('unknown')],
  [406, 'POST', cancel('live-committing')],
  [409, 'POST', cancel('live-stubborn')],
];

const prismRequests: readonly string[] = [
  'GET /v1/crdb_tasks',
  `GET ${one('live-running')}?verbose=true`,
  ...['running', 'finished', 'failed', 'committing'].map((name) => `GET ${one(`live-${name}`)}`),
  ...['queued', 'committing', 'stubborn', 'finished'].map((name) => `POST ${cancel(`live-${name}`)}`),
  ...[`GET ${one('unknown')}`, `POST ${cancel('unknown')}`],
];
/** Starts Prism in front of the target, sends the requests through it, and keeps what it refuses. */
const prismScript = `"$PRISM" proxy openapi.yaml "$TARGET" --errors --host 127.0.0.1 --port "$PORT" >log 2>&1 &
trap "kill $!" EXIT
until grep -q listening log; do kill -0 $! || exit 2; sleep 0.1; done
while read -r method path; do
  curl -s -m 20 -u "$LOGIN" -X "$method" "http://127.0.0.1:$PORT$path" |
    grep -o 'prism/errors#[A-Z_]*' | sed "s|^|$method $path: |"
done <requests.txt >findings
[ ! -s findings ]
`;

export const peers: readonly Peer[] = [
  {
    name: 'Schemathesis',
    version: '4.32.5',
    from: 'OpenAPI file',
    setup: `a copy of the file with 400 for reads; all checks but ${unfairChecks.replace(',', ' and ')}; all phases, 20 examples, deterministic`,
    files: () => ({
      'schemathesis.toml': schemathesisConfig,
      'added.yaml': '"400":\n  description: Malformed.',
    }),
    // The docs leave open whether a malformed parameter is answered with 400.
    openApi: () =>
      openApiFile().replace(
        /( +)"404":\n/,
        (line, indent: string) => `${indent}"400":\n${indent}  description: Malformed.\n${line}`,
      ),
    command: ({ url, user, password }) => ({
      program: `${installed('pypi', 'schemathesis', '4.32.5')}st`,
      args: [
        ...['--config-file', 'schemathesis.toml', 'run', 'openapi.yaml', '--url', url],
        ...['--auth', `${user}:${password}`, '--checks', 'all', '--exclude-checks', unfairChecks],
        ...['--max-examples', '20', '--generation-deterministic', '--continue-on-failure'],
        ...['--report', 'junit', '--report-junit-path', 'junit.xml'],
      ],
    }),
    findings: (folder) =>
      junitFailures(readFileSync(`${folder}/junit.xml`, 'utf8'), /ST\d{3} [^\n]*|\[\d{3}\]/g),
  },
  {
    name: 'Prism (proxy)',
    version: '5.16.0',
    from: 'OpenAPI file',
    setup: 'a copy of the file without `*/*`; --errors; a dozen requests to live ids sent through it',
    files: () => ({ 'requests.txt': prismRequests.join('\n') }),
    openApi: () => openApiFile().replace(/\n +content:\n +"\*\/\*":\n +schema: \{\}/g, ''),
    command: ({ url, user, password }) => ({
      program: 'sh',
      args: ['-c', prismScript],
      env: {
        PRISM: `${installed('npm', '@stoplight/prism-cli', '5.16.0')}.bin/prism`,
        ...{ TARGET: url, LOGIN: `${user}:${password}`, PORT: `${Number(new URL(url).port) - 20_000}` },
      },
    }),
    findings: (folder) => readFileSync(`${folder}/findings`, 'utf8').trim().split('\n'),
  },
  {
    name: 'Specmatic',
    version: '2.55.1',
    from: 'OpenAPI file',
    setup:
      'a copy of the file with `application/json` for `*/*`; --strict, so that only the examples are sent; one for each status but 401',
    files: (target) =>
      Object.fromEntries(
        specmaticExamples.map(([status, method, path, body], index) => {
          const request = { method, path, headers: { Authorization: `Basic ${basic(target)}` } };
          const json = { headers: { 'Content-Type': 'application/json' }, body };
          const response = { status, ...(body === undefined ? {} : json) };
          const example = { 'http-request': request, 'http-response': response };
          return [`examples/${index}.json`, JSON.stringify(example, null, 2)];
        }),
      ),
    openApi: () => openApiFile().replaceAll('"*/*":', 'application/json:'),
    command: (target) => ({
      program: 'java',
      args: [
        ...['-XX:TieredStopAtLevel=1', '-jar'],
        `${installed('npm', 'specmatic', '2.55.1')}specmatic/specmatic.jar`,
        ...['test', 'openapi.yaml', `--testBaseURL=${target.url}`],
        ...['--examples=examples', '--strict', '--junitReportDir=report'],
      ],
      env: { basic: basic(target) },
    }),
    findings: (folder) =>
      readdirSync(`${folder}/report`).flatMap((file) =>
        junitFailures(readFileSync(`${folder}/report/${file}`, 'utf8')),
      ),
  },
  {
    name: 'vitest + vitest-openapi',
    version: '5.1.1 + 1.0.3',
    from: 'requests by hand',
    setup: 'every response must satisfy the OpenAPI file; the cancelled task is read again for 10 s',
    files: () => ({ 'careful.spec.ts': readFileSync(pathOf('careful.spec.ts'), 'utf8') }),
    command: ({ url, user, password }, folder) => ({
      program: process.execPath,
      args: [
        pathOf('../../node_modules/vitest/vitest.mjs'),
        ...['run', '--root', pathOf('.'), '--no-file-parallelism', 'careful.spec.ts'],
        ...['--reporter', 'junit', '--outputFile', `${folder}/junit.xml`],
      ],
      env: { PEER_URL: url, PEER_USER: user, PEER_PASSWORD: password },
    }),
    findings: (folder) => junitFailures(readFileSync(`${folder}/junit.xml`, 'utf8')),
  },
  {
    name: 'crdb-conformance',
    version: 'this checkout',
    from: 'the target',
    setup: 'profile quick, tasks by the control protocol',
    files: ({ url, user }) => ({ command: `crdb-conformance run --target ${url} --user ${user}` }),
    command: ({ url, user, password }, folder) => ({
      program: process.execPath,
      args: [pathOf('../../harness/cli.js'), 'run', '--target', url, '--user', user, '--out', folder],
      env: { CRDB_PASSWORD: password },
    }),
    findings: (folder) => {
      const report: { clauses: { id: string; verdict: string }[] } = JSON.parse(
        readFileSync(`${folder}/report.json`, 'utf8'),
      );
      return report.clauses.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);
    },
  },
];

/** Runs a tool against a target, in an empty folder. @returns its findings @throws {Error} it broke down */
export async function runPeer(peer: Peer, target: PeerTarget, folder: string): Promise<readonly string[]> {
  mkdirSync(`${folder}/examples`);
  for (const [name, content] of Object.entries(peer.files(target)))
    writeFileSync(`${folder}/${name}`, content);
  if (peer.openApi) writeFileSync(`${folder}/openapi.yaml`, peer.openApi());
  const { program, args, env } = peer.command(target, folder);
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', CI: 'true', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 300_000, // more than ten times what any of them takes on an idle machine
    killSignal: 'SIGKILL',
  });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  const found = code === 0 ? [] : peer.findings(folder);
  if (code !== 0 && found.length === 0)
    throw new Error(`${peer.name} ended with ${code}: ${(output + errors).slice(-500)}`);
  return found;
}
