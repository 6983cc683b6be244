import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Publishes the hash of every built file beside them, in the form that a page's `integrity` takes. */
export function publishIntegrity(): Plugin {
  return {
    name: 'publish-integrity',
    apply: 'build',
    // Of the files as they lie on disk: no later plugin can change what was hashed.
    writeBundle({ dir }, bundle) {
      const hashes = Object.keys(bundle)
        .sort()
        .map((name) => [name, integrityOf(readFileSync(join(dir!, name)))]);
      writeFileSync(join(dir!, 'integrity.json'), `${JSON.stringify(Object.fromEntries(hashes), null, 2)}\n`);
    },
  };
}

function integrityOf(bytes: Buffer): string {
  return `sha384-${createHash('sha384').update(bytes).digest('base64')}`;
}
