/** Loaded before a program: writes the peak memory of its process, in bytes, to the file `$PEAK_FILE`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const { PEAK_FILE } = process.env;
if (isMainThread && PEAK_FILE !== undefined) {
  process.on('exit', () => writeFileSync(PEAK_FILE, `${peakKiB() * 1024}`));
}

/** On Linux from /proc: maxRSS also counts the memory of the process that started this one. */
function peakKiB(): number {
  const status = '/proc/self/status';
  const own = existsSync(status) ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8')) : null;
  return own ? Number(own[1]) : process.resourceUsage().maxRSS;
}
