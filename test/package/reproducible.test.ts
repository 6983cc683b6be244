import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { PackageCopy } from '../support/package-copy.ts';

const VITE = join(import.meta.dirname, '../../node_modules/vite/bin/vite.js');

const copies = [new PackageCopy(), new PackageCopy()];
after(() => copies.forEach((copy) => copy.remove()));

/** Builds in a separate process and folder. Returns the hashes of the built files. */
function build({ directory }: PackageCopy): Record<string, string> {
  const out = join(directory, 'dist/cdn');
  const { status, stderr } = spawnSync(process.execPath, [VITE, 'build', '--logLevel', 'warn'], {
    cwd: directory,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  const files = globSync('**/*.*', { cwd: out }).sort();
  return Object.fromEntries(
    files.map((file) => [
      file,
      createHash('sha384')
        .update(readFileSync(join(out, file)))
        .digest('hex'),
    ]),
  );
}

describe('the script tag’s build', () => {
  it('gives the same bytes wherever and whenever it is made', () => {
    const [one, other] = copies.map(build);
    assert.ok(one!['sbp-checkout.js'] && one!['integrity.json'], 'nothing was built');
    assert.deepEqual(other, one);
  });
});
