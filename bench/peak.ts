/** Loaded before a program: writes the most memory that its process ever held, in bytes, to the file `$PEAK_FILE`. */
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const { PEAK_FILE } = process.env;
if (isMainThread && PEAK_FILE !== undefined) {
  process.on('exit', () => writeFileSync(PEAK_FILE, `${process.resourceUsage().maxRSS * 1024}`));
}
