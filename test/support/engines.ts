/** The three engines that payers' browsers are built on, as the component tests start them. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromeLauncher } from '@web/test-runner-chrome';
import { puppeteerLauncher } from '@web/test-runner-puppeteer';
import { webdriverLauncher } from '@web/test-runner-webdriver';
import { CHROMIUM_ARGS, findChromium } from './browser.ts';
import { freePort } from './companion.ts';
import { until } from './until.ts';

export interface Engine {
  /** Debian's packages of it. */
  readonly packages: readonly string[];
  /** Where it is on this machine; `null` when it is not. */
  find(): string | null;
  launch(executablePath: string): object | Promise<object>;
}

type CreatePage = NonNullable<NonNullable<Parameters<typeof puppeteerLauncher>[0]>['createPage']>;
type PuppeteerPage = Awaited<ReturnType<CreatePage>>;

const first = (paths: readonly string[]): string | null => paths.find((path) => existsSync(path)) ?? null;

export const ENGINES: Readonly<Record<string, Engine>> = {
  chromium: {
    packages: ['chromium'],
    find: findChromium,
    launch: (executablePath) => chromeLauncher({ launchOptions: { executablePath, args: CHROMIUM_ARGS } }),
  },
  firefox: {
    packages: ['firefox-esr'],
    find: () =>
      first([
        ...(process.env['FIREFOX_PATH'] === undefined ? [] : [process.env['FIREFOX_PATH']]),
        '/usr/bin/firefox-esr',
        '/usr/bin/firefox',
        '/Applications/Firefox.app/Contents/MacOS/firefox',
        'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
      ]),
    launch: (executablePath) =>
      puppeteerLauncher({
        launchOptions: {
          browser: 'firefox',
          executablePath,
          protocol: 'webDriverBiDi',
          headless: true,
          defaultViewport: null,
        },
        createPage: async ({ browser }) => withoutOrientation(await browser.newPage()),
      }),
  },
  webkit: {
    // WebKitGTK's. Safari can be driven on a Mac only, and not without a click in its settings.
    packages: ['webkit2gtk-driver', 'xvfb', 'xauth'],
    find: () =>
      existsSync('/usr/bin/WebKitWebDriver') && existsSync('/usr/bin/xvfb-run')
        ? first(
            ['x86_64', 'aarch64'].flatMap((machine) =>
              ['webkit2gtk-4.1', 'webkit2gtk-4.0', 'webkitgtk-6.0'].map(
                (version) => `/usr/lib/${machine}-linux-gnu/${version}/MiniBrowser`,
              ),
            ),
          )
        : null,
    async launch(binary) {
      return webdriverLauncher({
        automationProtocol: 'webdriver',
        hostname: '127.0.0.1',
        port: await startWebKitDriver(),
        path: '/',
        capabilities: {
          browserName: 'MiniBrowser',
          'wdio:enforceWebDriverClassic': true,
          'webkitgtk:browserOptions': { binary, args: ['--automation'] },
        } as WebdriverIO.Capabilities,
      });
    },
  },
};

/**
 * The runner sets a page's size before each file, and Puppeteer asks for an orientation with it, a command that Firefox
 * 140 does not know: the size is all that the tests need.
 */
function withoutOrientation(page: PuppeteerPage): PuppeteerPage {
  const setViewport = page.setViewport.bind(page);
  page.setViewport = async (viewport) => {
    try {
      await setViewport(viewport);
    } catch (error) {
      if (!viewport || !/setScreenOrientationOverride.*unknown command/.test(String(error))) throw error;
      // Puppeteer sends both commands at once: that of the size may still be under way.
      await page.waitForFunction(
        ({ width, height }) => innerWidth === width && innerHeight === height,
        {},
        viewport,
      );
    }
  };
  return page;
}

/** It needs a display, which a server has not; it ends with this process. */
async function startWebKitDriver(): Promise<number> {
  const port = await freePort();
  const driver = spawn('xvfb-run', ['-a', 'WebKitWebDriver', `--port=${port}`], {
    stdio: 'ignore',
    detached: true,
  });
  // Ended by a signal, a process has no exit of its own, and its browser would live on.
  process.once('SIGTERM', () => process.exit(143));
  process.once('exit', () => {
    if (driver.pid === undefined) return;
    try {
      process.kill(-driver.pid);
    } catch {
      // It has ended by itself.
    }
  });
  await until(
    () =>
      fetch(`http://127.0.0.1:${port}/status`).then(
        ({ ok }) => ok,
        () => false,
      ),
    'WebKit’s driver',
  );
  return port;
}
