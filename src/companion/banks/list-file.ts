import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { prepareFile, prepareFolder, type FileMode } from '../lib/file-mode.ts';
import { FEWEST_BANKS, type ListedBank, type ParsedList } from './parse-list.ts';

export interface ListFile {
  load(): readonly ListedBank[] | null;
  save(body: Buffer): void;
}

/**
 * The last good list, unchanged, in a file: after a restart while NSPK cannot be reached, payers still see all banks.
 */
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
        return null; // no file or a broken one: the built-in snapshot is used
      }
    },
    save(body) {
      prepareFolder(dirname(file), mode);
      // A new file is renamed over the old one: after a crash there is the old list or the new one, never half of one.
      prepareFile(`${file}.new`, mode);
      writeFileSync(`${file}.new`, body);
      renameSync(`${file}.new`, file);
    },
  };
}
