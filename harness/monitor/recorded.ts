/** Judges recordings: an HTTP Archive, or the record of a monitor. Each address of an archive that was spoken to is judged for itself. */
import { createHash } from 'node:crypto';
import type { Validators } from '../../spec/validators.ts';
import { type Redact, redactor } from '../http/redaction.ts';
import { exchangeIds, exchangeOf, type Message, prefixOf } from './exchange.ts';
import { readHar } from './har.ts';
import { type RecordHead, readRecord } from './record.ts';
import { TrafficJudge, type TrafficOptions } from './traffic-judge.ts';

/** An address that was spoken to, with its path prefix, and what was judged of it. */
export interface JudgedAddress {
  readonly url: string;
  readonly judge: TrafficJudge;
}

/** So much later may an exchange be listed than one that began after it. */
const windowMs = 120_000;
const advanceEvery = 2000;
const mostAddresses = 50;

interface Address extends JudgedAddress {
  readonly idOf: ReturnType<typeof exchangeIds>;
}

export interface JudgedRecording {
  /** The one with the most exchanges first. */
  readonly addresses: readonly JudgedAddress[];
  /** Entries that are about no address, by reason. */
  readonly unused: ReadonlyMap<string, number>;
  readonly entries: number;
}

/** @throws {UserError} exit 2: the file can't be read as an archive */
export async function judgeHar(
  file: string,
  options: TrafficOptions,
  validators: Validators,
): Promise<JudgedRecording> {
  const addresses = new Map<string, Address>();
  const unused = new Map<string, number>();
  const count = (reason: string) => unused.set(reason, (unused.get(reason) ?? 0) + 1);
  const redactFor = redactors();
  let latestMs = Number.NEGATIVE_INFINITY;
  let taken = 0;
  const entries = await readHar(file, (entry) => {
    if ('unused' in entry) {
      count(entry.unused);
      return;
    }
    if ('backwards' in entry) {
      latestMs = Number.NEGATIVE_INFINITY;
      for (const { judge } of addresses.values())
        judge.forgetAll('times that run backwards: what was known of tasks is forgotten there');
      return;
    }
    const { origin, message } = entry;
    const url = origin + (prefixOf(message.path) ?? '');
    const address = addresses.get(url) ?? {
      url,
      judge: new TrafficJudge(options, validators),
      idOf: exchangeIds(),
    };
    if (!addresses.has(url) && addresses.size >= mostAddresses) {
      count(`exchanges with more than ${mostAddresses} addresses`);
      return;
    }
    addresses.set(url, address);
    address.judge.add(exchangeOf(message, address.idOf, redactFor(message)));
    latestMs = Math.max(latestMs, message.sentAt);
    if (++taken % advanceEvery === 0)
      for (const { judge } of addresses.values()) judge.advance(latestMs - windowMs);
  });
  for (const { judge } of addresses.values()) judge.finish();
  const bySize = [...addresses.values()].toSorted(
    (a, b) => b.judge.verdict.exchanges - a.judge.verdict.exchanges,
  );
  return { addresses: bySize, unused, entries };
}

/** @throws {UserError} exit 2: the file is no record of a monitor */
export async function judgeRecord(
  file: string,
  given: TrafficOptions,
  validators: Validators,
): Promise<JudgedAddress & { readonly options: TrafficOptions; readonly epochMs: number }> {
  let judge: TrafficJudge | undefined;
  const optionsOf = ({ soleClient, control }: RecordHead): TrafficOptions => ({
    settings: given.settings,
    soleClient: given.soleClient || soleClient,
    control: given.control || control,
  });
  const head = await readRecord(file, (line, told) => {
    judge ??= new TrafficJudge(optionsOf(told), validators);
    if (line.type === 'exchange') judge.add(line.exchange);
    if (line.type === 'until') judge.advance(line.ms);
    if (line.type === 'gap') judge.forgetAll(line.reason);
  });
  judge ??= new TrafficJudge(optionsOf(head), validators);
  judge.finish();
  return { url: head.target.url, judge, options: optionsOf(head), epochMs: Date.parse(head.startedAt) };
}

const mostLogins = 16;

/** @returns what gives the redactor for the credentials of a message: those of earlier ones may be in its answer too */
export function redactors(): (message: Pick<Message, 'requestHeaders'>) => Redact {
  const known = new Map<string, Redact>();
  let all: Redact = (text) => text;
  return ({ requestHeaders }) => {
    for (const [name, value] of requestHeaders) {
      if (!/^(proxy-)?authorization$/i.test(name) || known.size >= mostLogins) continue;
      const key = createHash('sha256').update(value).digest('base64');
      if (known.has(key)) continue;
      known.set(key, redactor(secretsIn(value)));
      const each = [...known.values()];
      all = (text) => each.reduce((clean, redact) => redact(clean), text);
    }
    return all;
  };
}

/** What an `Authorization` header gives away: a login, or another token. */
function secretsIn(value: string): Parameters<typeof redactor>[0] {
  const [scheme = '', token = ''] = value.split(/\s+/, 2);
  if (/^basic$/i.test(scheme)) {
    const [user = '', ...password] = Buffer.from(token, 'base64').toString().split(':');
    return { login: { user, password: password.join(':') } };
  }
  return { login: { user: '', password: token === '' ? scheme : token } };
}
