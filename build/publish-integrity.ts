import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Writes integrity.json beside the built files: the hash of each file, in the form of the `integrity` attribute. */
export function publishIntegrity(): Plugin {
  return {
    name: 'publish-integrity',
    apply: 'build',
    // Reads the files from disk, so that no later plugin can change them after hashing.
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
