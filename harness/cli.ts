#!/usr/bin/env node
/**
 * The program as it is started, also when installed. A Node that is too old gets a message: so this file and its imports
 * use only syntax that every Node with modules can read, and load the rest after the check.
 */
import * as nodeModule from 'node:module';
import { neededNode, reaches } from './model/package.ts';

if (reaches(process.versions.node, neededNode)) {
  nodeModule.enableCompileCache(); // or each start would strip the types and compile everything anew
  const { start } = await import('./cli/main.ts');
  await start();
} else {
  process.stderr.write(
    `crdb-conformance needs Node ${neededNode} or newer; this is ${process.versions.node}.\nIn a project of its own: npm install --save-dev node@24 crdb-tasks-conformance\n`,
  );
  process.exitCode = 2;
}
