import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Store } from '../../src/companion/store/store.ts';
import { startCompanion, type TestCompanion } from './companion.ts';

/** The message of the failed write. It must not appear in any response. */
export const DISK_WORDS = 'words of our inside';

interface IllCompanion {
  readonly shop: TestCompanion;
  /** Makes every write fail from now on. */
  readonly fail: () => void;
  readonly stop: () => Promise<void>;
}

export async function illCompanion(): Promise<IllCompanion> {
  const directory = await mkdtemp(join(tmpdir(), 'sbp-ill-'));
  const store = await openStore(join(directory, 'ill.sqlite'));
  let ill = false;
  const write: Store['write'] = (work) => (ill ? Promise.reject(new Error(DISK_WORDS)) : store.write(work));
  const shop = await startCompanion({}, { store: { ...store, write } });
  return {
    shop,
    fail: () => (ill = true),
    stop: async () => {
      ill = false;
      await shop.stop();
      await rm(directory, { recursive: true });
    },
  };
}
