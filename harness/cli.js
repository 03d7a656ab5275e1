#!/usr/bin/env node
/**
 * The program as it is started, also when installed. JavaScript, so that a checkout does not have to load what strips
 * types; and only syntax that every Node with modules can read: a Node that is too old gets a message.
 */
import * as nodeModule from 'node:module';

nodeModule.enableCompileCache?.(); // or each start would strip the types and compile everything anew
const { neededNode, reaches } = await import('./model/package.ts');
if (reaches(process.versions.node, neededNode)) {
  const { start } = await import('./cli/main.ts');
  await start();
} else {
  process.stderr.write(
    `crdb-conformance needs Node ${neededNode} or newer; this is ${process.versions.node}.\nIn a project of its own: npm install --save-dev node@24 crdb-tasks-conformance\n`,
  );
  process.exitCode = 2;
}
