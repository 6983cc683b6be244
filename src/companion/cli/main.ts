#!/usr/bin/env node
/**
 * Checks the version of Node before it imports modules that an old Node cannot load, which would print only a stack trace. The
 * code of this file may use no syntax newer than ES modules.
 */
const MINIMUM_VERSION = [22, 13] as const;

const running = process.versions.node;
const [major, minor] = running.split('.').map(Number) as [number, number];
if (major > MINIMUM_VERSION[0] || (major === MINIMUM_VERSION[0] && minor >= MINIMUM_VERSION[1])) {
  void import('./commands.ts');
} else {
  process.stderr.write(
    'sbp-checkout needs Node.js ' +
      MINIMUM_VERSION.join('.') +
      ' or newer. This is Node.js ' +
      running +
      ', ' +
      process.execPath +
      '\n',
  );
  process.exitCode = 1;
}
