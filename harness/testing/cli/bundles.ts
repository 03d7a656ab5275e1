/** Bundles of reports that were never on a disk. */

import { bundleOf } from '../../cli/bundle.ts';
import type { Report } from '../../model/report.ts';

export const product = { name: 'Acme Mock', version: '1.2' };
export const json = (report: Report): Buffer => Buffer.from(JSON.stringify(report));
export const bundled = (report: Report): Promise<Buffer> => bundleOf(report, json(report), product);
