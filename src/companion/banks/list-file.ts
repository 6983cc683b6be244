import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { prepareFile, prepareFolder, type FileMode } from '../lib/file-mode.ts';
import { FEWEST_BANKS, type ListedBank, type ParsedList } from './parse-list.ts';

export interface ListFile {
  load(): readonly ListedBank[] | null;
  save(body: Buffer): void;
}

/** The last good list as it came, in a file: a restart while NSPK cannot be reached must not cost the payer's bank. */
export function listFile(
  file: string,
  parse: (value: unknown) => ParsedList,
  mode: FileMode = 'private',
): ListFile {
  return {
    load() {
      try {
        const { banks } = parse(JSON.parse(readFileSync(file, 'utf8')));
        return banks.length >= FEWEST_BANKS ? banks : null;
      } catch {
        return null; // none yet, or a broken one: the built-in snapshot serves
      }
    },
    save(body) {
      prepareFolder(dirname(file), mode);
      // Written aside and renamed: a crash leaves the old list or the new one, never half of one.
      prepareFile(`${file}.new`, mode);
      writeFileSync(`${file}.new`, body);
      renameSync(`${file}.new`, file);
    },
  };
}
