import { readFileSync } from 'node:fs';
import { binaryFault } from './pem.ts';

export type FileReading = { readonly text: string } | { readonly fault: string };

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Returns the text of a file that a `…_FILE` variable names, or why it cannot be used. */
export function readSettingFile(file: string): FileReading {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') return { fault: `names a folder, ${file}: name the file in it` };
    return { fault: `cannot be read: ${message}` };
  }
  const binary = binaryFault(bytes);
  if (binary !== null) return { fault: `names a file, ${file}, that ${binary}` };
  const [first, second, third] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || bytes.includes(0)) {
    return { fault: `names a file in UTF-16 or a binary file, ${file}: save it as UTF-8 text` };
  }
  if (first === 0xef && second === 0xbb && third === 0xbf) {
    return {
      fault: `names a file that begins with a byte order mark, ${file}: save it as UTF-8 without one`,
    };
  }
  try {
    return { text: UTF_8.decode(bytes) };
  } catch {
    return { fault: `names a file that is no UTF-8 text, ${file}` };
  }
}
