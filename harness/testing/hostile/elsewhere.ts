/** Targets that point somewhere else, or can't be believed to be who they are. */
import { answering, everything, type Hostile } from './hostile.ts';

const dayMs = 24 * 3600 * 1000;
const daysFromNow = (days: number): Date => new Date(Date.now() + days * dayMs);
const valid = { notBefore: daysFromNow(-1), notAfter: daysFromNow(30), ip: '127.0.0.1', trusted: true };
const asItShould = { spoils: [], answer: () => {} };

export const elsewhere: readonly Hostile[] = [
  {
    id: 'circle',
    does: 'sends every read of the list round in a circle of fifty redirects',
    spoils: ['list'],
    answer: (turn) => {
      const at = Number(new URL(turn.request.url ?? '', turn.elsewhere).searchParams.get('at') ?? 0);
      answering(turn, {
        status: 302,
        headers: { Location: `/v1/crdb_tasks?at=${(at + 1) % 50}` },
        body: '',
      });
    },
    ends: { tested: true, exit: 1, broken: ['list.status.200'], proven: 50 },
  },
  {
    id: 'other-origin',
    does: 'sends everything on to another server (307)',
    spoils: everything,
    answer: (turn) =>
      answering(turn, {
        status: 307,
        headers: { Location: `${turn.elsewhere}${turn.request.url}` },
        body: '',
      }),
    ends: { tested: false, says: ['answered 307 to', 'Credentials are not sent to another host'] },
  },
  {
    id: 'other-origin-later',
    does: 'sends a cancel on to another server (308)',
    spoils: ['cancel'],
    oneIn: 3,
    answer: (turn) =>
      answering(turn, {
        status: 308,
        headers: { Location: `${turn.elsewhere}${turn.request.url}` },
        body: '',
      }),
    ends: { tested: true, exit: 3, broken: [], proven: 0, says: 'redirected to' },
  },
  {
    id: 'certificate-good',
    does: 'does nothing wrong, with a certificate of an authority that is named',
    certificate: valid,
    ...asItShould,
    ends: { tested: true, exit: 0, broken: [], proven: 67 },
  },
  {
    id: 'certificate-expired',
    does: 'shows a certificate that has expired',
    certificate: { ...valid, notBefore: daysFromNow(-30), notAfter: daysFromNow(-1) },
    ...asItShould,
    ends: { tested: false, says: ['its certificate has expired', '--insecure'] },
  },
  {
    id: 'certificate-of-nobody',
    does: 'shows a certificate that it signed itself',
    certificate: { ...valid, trusted: false },
    ...asItShould,
    ends: { tested: false, says: ['its certificate is not trusted', '--ca'] },
  },
  {
    id: 'certificate-of-another',
    does: 'shows a certificate for another host',
    certificate: { ...valid, ip: '127.9.9.9' },
    ...asItShould,
    ends: { tested: false, says: ['its certificate is for another host', '--target'] },
  },
];
