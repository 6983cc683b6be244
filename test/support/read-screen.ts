import type { TestRunnerPlugin } from '@web/test-runner';
import { measureQrCodes } from './qr-reader.ts';

export const READ_SCREEN = 'read-screen';

type Session = Parameters<NonNullable<TestRunnerPlugin['executeCommand']>>[0]['session'];

/**
 * A plugin for Web Test Runner: lets a component test read the codes that a camera would see on its page, in each
 * engine.
 */
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
    // The launcher's own screenshots show one element, which the driver first scrolls to the top of the window.
    const { driver } = browser as { driver: { takeScreenshot(): Promise<string> } };
    return Buffer.from(await driver.takeScreenshot(), 'base64');
  }
  throw new Error(`no screenshots of ${browser.name}`);
}
