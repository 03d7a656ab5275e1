/**
 * Loaded before a program: at its end it writes what the process cost. `$PEAK_FILE` gets its peak memory in bytes,
 * `$COST_FILE` also its CPU time, as JSON.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const { PEAK_FILE, COST_FILE } = process.env;
if (isMainThread) {
  process.on('exit', () => {
    const peakBytes = peakKiB() * 1024;
    if (PEAK_FILE !== undefined) writeFileSync(PEAK_FILE, `${peakBytes}`);
    const { user, system } = process.cpuUsage();
    if (COST_FILE !== undefined)
      writeFileSync(COST_FILE, JSON.stringify({ peakBytes, cpuS: (user + system) / 1e6 }));
  });
}

/** On Linux from /proc: maxRSS also counts the memory of the process that started this one. */
function peakKiB(): number {
  const status = '/proc/self/status';
  const own = existsSync(status) ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8')) : null;
  return own ? Number(own[1]) : process.resourceUsage().maxRSS;
}
