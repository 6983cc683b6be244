import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `dist/cdn`, found from the sources (`src/…`) and from the package (`dist/…`) alike. */
const DIRECTORY = join(dirname(fileURLToPath(import.meta.url)), '../../../../dist/cdn');

export const ENTRY = 'sbp-checkout.js';

/** The files of the built element, with their published hashes. */
export interface ElementBuild {
  /** The bytes of `integrity.json`: the `integrity` value of each file. */
  readonly published: Buffer;
  readonly integrity: Readonly<Record<string, string>>;
  /** The path below which exactly this build is served. Another build has another path. */
  readonly pinnedPath: string;
  read(name: string): Promise<Buffer>;
}

/** `null` before the first `npm run build`. */
export async function readElementBuild(): Promise<ElementBuild | null> {
  const published = await readFile(join(DIRECTORY, 'integrity.json')).catch(() => null);
  if (published === null) return null;
  return {
    published,
    integrity: JSON.parse(published.toString()) as Record<string, string>,
    // A folder, not a hash in the file name: the lazy parts import the entry by its name.
    pinnedPath: `/pinned/${createHash('sha384').update(published).digest('hex').slice(0, 16)}`,
    read: (name) => readFile(join(DIRECTORY, name)),
  };
}
