/** Said in every report for people where nobody looked at the target's certificate. */
import type { Report } from '../harness/model/report.ts';

/** Undefined where the certificate was looked at, or there was none to look at. */
export const insecurity = ({ target, run }: Pick<Report, 'target' | 'run'>): string | undefined =>
  run.settings.insecure === true && target.url.startsWith('https:')
    ? 'any certificate was taken (--insecure): it is not proven who answered'
    : undefined;
