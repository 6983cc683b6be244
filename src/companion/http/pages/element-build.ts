import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `dist/cdn`, found from the sources (`src/…`) and from the package (`dist/…`) alike. */
const DIRECTORY = join(dirname(fileURLToPath(import.meta.url)), '../../../../dist/cdn');

export const ENTRY = 'sbp-checkout.js';

/** The built element: its files, as the build has published their hashes. */
export interface ElementBuild {
  /** `integrity.json` as it is: by file name, what a page's `integrity` says of it. */
  readonly published: Buffer;
  readonly integrity: Readonly<Record<string, string>>;
  /** The path of these very bytes, for good: another build has another one. */
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
    // A folder, and not a name with a hash in it: the parts on demand import the entry by its name.
    pinnedPath: `/pinned/${createHash('sha384').update(published).digest('hex').slice(0, 16)}`,
    read: (name) => readFile(join(DIRECTORY, name)),
  };
}
