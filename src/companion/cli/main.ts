#!/usr/bin/env node
/**
 * Checks the version of Node before the first import that an old one cannot load: without this it would die with a stack
 * trace. Nothing here may be newer than ES modules themselves.
 */
const NEEDED = [22, 13] as const;

const running = process.versions.node;
const [major, minor] = running.split('.').map(Number) as [number, number];
if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) {
  void import('./commands.ts');
} else {
  process.stderr.write(
    'sbp-checkout needs Node.js ' +
      NEEDED.join('.') +
      ' or newer. This is Node.js ' +
      running +
      ', ' +
      process.execPath +
      '\n',
  );
  process.exitCode = 1;
}
