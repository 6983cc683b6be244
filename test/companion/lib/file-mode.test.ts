import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { developmentSecrets } from '../../../src/companion/env/development-secrets.ts';
import { listFile } from '../../../src/companion/banks/list-file.ts';
import { backUp } from '../../../src/companion/store/backup.ts';
import { startCompanion } from '../../support/companion.ts';

const skip = process.platform === 'win32' && 'Windows keeps its rights elsewhere';

/** Creates a companion's database, a backup, a bank list and generated secrets in a new folder, under this umask. */
async function made(t: TestContext, mode: 'private' | 'group', umask: number) {
  const parent = mkdtempSync(join(tmpdir(), 'sbp-modes-'));
  const folder = join(parent, 'data');
  const before = process.umask(umask);
  t.after(() => {
    process.umask(before);
    rmSync(parent, { recursive: true });
  });
  const file = join(folder, 'shop.sqlite');
  const env = { SBP_DATABASE_URL: `file:${file}`, SBP_FILE_MODE: mode };
  const shop = await startCompanion(env);
  await shop.createPayment();
  backUp(file, join(folder, 'copy.sqlite'), mode);
  listFile(join(folder, 'banks.json'), () => ({ banks: [], dropped: 0 }), mode).save(Buffer.from('[]'));
  developmentSecrets(folder, mode);
  const modes = Object.fromEntries(readdirSync(folder).map((name) => [name, bits(join(folder, name))]));
  return { shop, env, file, modes, folderMode: bits(folder) };
}

const bits = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('files that the companion makes', { skip }, () => {
  for (const [mode, umask, file, folder] of [
    ['private', 0, '600', '700'],
    ['group', 0, '660', '770'],
    ['group', 0o077, '660', '770'],
  ] as const) {
    it(`are ${file} in folders of ${folder}, under a umask of ${umask.toString(8)}`, async (t) => {
      const { shop, modes, folderMode } = await made(t, mode, umask);
      await shop.close();
      const names = ['banks.json', 'copy.sqlite', 'development-secrets.json'];
      names.push('shop.sqlite', 'shop.sqlite-shm', 'shop.sqlite-wal', 'shop.sqlite.lock');
      assert.deepEqual(
        modes,
        Object.fromEntries([...names, ...Object.keys(modes)].map((name) => [name, file])),
      );
      assert.equal(folderMode, folder);
    });
  }

  it('that others may read are warned of, and used all the same', async (t) => {
    const { shop, env, file } = await made(t, 'private', 0o022);
    await shop.close();
    chmodSync(file, 0o644);
    const again = await startCompanion(env);
    await again.createPayment();
    assert.match(again.logs(), /file is readable by other users/);
    assert.equal(bits(file), '644');
    await again.close();
  });
});
