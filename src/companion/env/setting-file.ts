import { readFileSync } from 'node:fs';
import { binaryObjection } from './pem.ts';

export type FileReading = { readonly text: string } | { readonly objection: string };

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a file that a `…_FILE` variable names, or why there is none, as a predicate of the variable. */
export function readSettingFile(file: string): FileReading {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') return { objection: `names a folder, ${file}: name the file in it` };
    return { objection: `cannot be read: ${message}` };
  }
  const binary = binaryObjection(bytes);
  if (binary !== null) return { objection: `names a file, ${file}, that ${binary}` };
  const [first, second, third] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || bytes.includes(0)) {
    return { objection: `names a file in UTF-16 or a binary one, ${file}: save it as UTF-8 text` };
  }
  if (first === 0xef && second === 0xbb && third === 0xbf) {
    return {
      objection: `names a file that begins with a byte order mark, ${file}: save it as UTF-8 without one`,
    };
  }
  try {
    return { text: UTF_8.decode(bytes) };
  } catch {
    return { objection: `names a file that is no UTF-8 text, ${file}` };
  }
}
