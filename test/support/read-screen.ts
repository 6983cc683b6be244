import type { TestRunnerPlugin } from '@web/test-runner';
import { measureQrCodes } from './qr-reader.ts';

export const READ_SCREEN = 'read-screen';

type Session = Parameters<NonNullable<TestRunnerPlugin['executeCommand']>>[0]['session'];

/** For Web Test Runner: a component test asks which codes a camera would see on its page, in each of the engines. */
export function readScreen(): TestRunnerPlugin {
  return {
    name: READ_SCREEN,
    async executeCommand({ command, session }) {
      if (command !== READ_SCREEN) return undefined;
      return measureQrCodes(await screenshot(session));
    },
  };
}

async function screenshot({ browser, id }: Session): Promise<Buffer> {
  if ('getPage' in browser) {
    const page = (browser as { getPage(id: string): { screenshot(): Promise<Uint8Array> } }).getPage(id);
    return Buffer.from(await page.screenshot());
  }
  if ('driver' in browser) {
    // The launcher's own screenshots are of one element, which the driver first moves to the window's top.
    const { driver } = browser as { driver: { takeScreenshot(): Promise<string> } };
    return Buffer.from(await driver.takeScreenshot(), 'base64');
  }
  throw new Error(`no screenshots of ${browser.name}`);
}
