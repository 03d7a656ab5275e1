#!/usr/bin/env node
/**
 * The door of the installed program. A Node that is too old hears so in one line: nothing that it can't read is
 * loaded before, so this file and what it imports keep to what every Node with modules knows.
 */
import { neededNode, reaches } from './model/package.ts';

if (reaches(process.versions.node, neededNode)) {
  await import('./cli.ts');
} else {
  process.stderr.write(
    `crdb-conformance needs Node ${neededNode} or newer; this is ${process.versions.node}.\nIn a project of its own: npm install --save-dev node@24 crdb-tasks-conformance\n`,
  );
  process.exitCode = 2;
}
