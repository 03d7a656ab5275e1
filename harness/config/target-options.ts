/** The options of the way to a target: where it is, who asks, how it is trusted, and how much it is asked at once. */
import type { Rows } from './option-row.ts';

type Way =
  | 'target'
  | 'node'
  | 'followLeader'
  | 'user'
  | 'passwordEnv'
  | 'passwordStdin'
  | 'passwordFile'
  | 'passwordCommand'
  | 'auth'
  | 'ca'
  | 'insecure'
  | 'cert'
  | 'key'
  | 'keyPassphraseEnv'
  | 'proxy'
  | 'maxRps'
  | 'concurrency';

export const wayOptions: Rows<Way> = {
  target: {
    ofTarget: true,
    kind: 'text',
    flags: '--target <url>',
    says: 'origin and path prefix of the server under test',
    otherwise: '(the reference cluster)',
    variable: 'CRDB_TARGET',
  },
  node: {
    ofTarget: true,
    kind: 'texts',
    flags: '--node <url...>',
    says: 'more addresses of the same cluster: the run is on the first that answers and is no follower, --target first',
    otherwise: '(none)',
  },
  followLeader: {
    ofTarget: true,
    kind: 'texts',
    flags: '--follow-leader <host...>',
    says: 'hosts (or host:port) that a node may send us on to with 307; no other gets the credentials',
    otherwise: '(none)',
  },
  user: {
    ofTarget: true,
    kind: 'text',
    flags: '--user <name>',
    says: 'who asks',
    otherwise: '(nobody)',
    variable: 'CRDB_USER',
  },
  passwordEnv: {
    ofTarget: true,
    kind: 'text',
    flags: '--password-env <variable>',
    says: 'environment variable that holds the password',
    otherwise: 'CRDB_PASSWORD',
  },
  passwordStdin: {
    kind: 'switch',
    flags: '--password-stdin',
    says: 'read the password from the standard input',
    otherwise: false,
  },
  passwordFile: {
    ofTarget: true,
    kind: 'text',
    flags: '--password-file <file>',
    says: 'file that holds the password, and nothing else',
    otherwise: '(none)',
  },
  passwordCommand: {
    ofTarget: true,
    kind: 'text',
    flags: '--password-command <command>',
    says: 'what the shell runs for the password, which is the first line that it says',
    otherwise: '(none)',
  },
  auth: {
    ofTarget: true,
    kind: 'switch',
    flags: '--no-auth',
    says: 'the target asks for no credentials: the auth clauses are skipped',
    otherwise: true,
  },
  ca: {
    ofTarget: true,
    kind: 'text',
    flags: '--ca <file>',
    says: 'PEM of the authority that signed the target’s certificate',
    otherwise: '(what Node trusts)',
  },
  insecure: {
    ofTarget: true,
    kind: 'switch',
    flags: '--insecure',
    says: 'take any certificate',
    otherwise: false,
  },
  cert: {
    ofTarget: true,
    kind: 'text',
    flags: '--cert <file>',
    says: 'PEM of the certificate that we show a target that asks for one; with --key',
    otherwise: '(none)',
  },
  key: {
    ofTarget: true,
    kind: 'text',
    flags: '--key <file>',
    says: 'PEM of the key of --cert',
    otherwise: '(none)',
  },
  keyPassphraseEnv: {
    ofTarget: true,
    kind: 'text',
    flags: '--key-passphrase-env <variable>',
    says: 'environment variable that holds the passphrase of --key, where it has one',
    otherwise: '(none)',
  },
  proxy: {
    ofTarget: true,
    kind: 'text',
    flags: '--proxy <url>',
    says: 'proxy on the way to the target',
    otherwise: '(what HTTPS_PROXY, HTTP_PROXY and NO_PROXY say; none to this machine)',
  },
  maxRps: {
    ofTarget: true,
    kind: 'rate',
    flags: '--max-rps <n>',
    says: 'requests a second, at most',
    otherwise: '(as fast as they come)',
  },
  concurrency: {
    ofTarget: true,
    kind: 'count',
    flags: '--concurrency <n>',
    says: 'requests in found at once, at most; where an account may be locked it is 3 whatever more is asked for',
    otherwise: '(16 on a mock, else 3)',
  },
};
