import type { Page } from 'playwright-core';
import { PATIENCE_MS } from '../patience.ts';
import { readQrCodes } from '../qr-reader.ts';

/**
 * Reads the code in the window. Waits for it, because it appears a moment after its screen. Throws if there is none.
 */
export async function codeIn(page: Page): Promise<string> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
    const [code] = await readQrCodes(await page.screenshot());
    if (code !== undefined) return code;
  }
  throw new Error('no code can be read in the window');
}
