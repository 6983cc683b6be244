import { executeServerCommand } from '@web/test-runner-commands';
import { until } from './checkout.ts';
import type { SeenCode } from './qr-reader.ts';
import { LINK } from './snapshots.ts';

/** The contrast of a printed code in daylight is about 17; black on white is 21. */
const CONTRAST = 17;

/** Reads the codes that a camera would see on the page, only dark on light. */
export function codesOnScreen(): Promise<SeenCode[]> {
  return executeServerCommand<SeenCode[], undefined>('read-screen');
}

function isGood({ text, contrast, quietZone, blur }: SeenCode): boolean {
  return text === LINK && contrast >= CONTRAST && quietZone >= CONTRAST && blur === 0;
}

/** Waits until the page shows exactly one code, for this payment: dark on white, sharp, and with its quiet zone. */
export async function codeIsReadable(): Promise<void> {
  let seen: SeenCode[] = [];
  await until(async () => {
    seen = await codesOnScreen();
    return seen.length === 1 && seen.every(isGood);
  }).catch(() => {
    throw new Error(`a camera sees ${JSON.stringify(seen)}`);
  });
}
