import { executeServerCommand } from '@web/test-runner-commands';
import { until } from './checkout.ts';
import type { SeenCode } from './qr-reader.ts';
import { LINK } from './snapshots.ts';

/** A printed code in daylight has some 17; black on white is 21. */
const CONTRAST = 17;

/** Reads the codes that a camera before the page sees, dark on light only. */
export function codesOnScreen(): Promise<SeenCode[]> {
  return executeServerCommand<SeenCode[], undefined>('read-screen');
}

function isGood({ text, contrast, quietZone, blur }: SeenCode): boolean {
  return text === LINK && contrast >= CONTRAST && quietZone >= CONTRAST && blur === 0;
}

/** Waits until the page shows the payment's one code, dark on white with its margin, and sharp. */
export async function codeIsReadable(): Promise<void> {
  let seen: SeenCode[] = [];
  await until(async () => {
    seen = await codesOnScreen();
    return seen.length === 1 && seen.every(isGood);
  }).catch(() => {
    throw new Error(`a camera sees ${JSON.stringify(seen)}`);
  });
}
