/** The tools, each in a folder of its own in the user's cache: no dependency of the package. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const cache = `${process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache')}/crdb-tasks-conformance/peers/`;
const run = (command: string, args: readonly string[], cwd: string): void => {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'], timeout: 600_000 });
};

/** @returns the folder of an npm package, installed where it isn't yet */
export function npmPackage(name: string, version: string): string {
  const home = `${cache}${name.replace(/^@/, '').replace('/', '-')}`;
  if (!existsSync(`${home}/node_modules/${name}`)) {
    mkdirSync(home, { recursive: true });
    writeFileSync(`${home}/package.json`, '{"private":true}');
    run('npm', ['install', '--no-audit', '--no-fund', '--save-exact', `${name}@${version}`], home);
  }
  return `${home}/node_modules/`;
}

/** @returns the folder of the programs of a package of PyPI, in an environment of its own */
export function pythonPackage(name: string, version: string): string {
  const home = `${cache}${name}`;
  if (!existsSync(`${home}/bin/pip`)) {
    mkdirSync(cache, { recursive: true });
    run('python3', ['-m', 'venv', home], cache);
  }
  run(`${home}/bin/pip`, ['install', '--quiet', `${name}==${version}`], cache);
  return `${home}/bin/`;
}
