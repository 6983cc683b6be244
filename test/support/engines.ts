/** The three engines of payers' browsers, and how the component tests start them. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromeLauncher } from '@web/test-runner-chrome';
import { puppeteerLauncher } from '@web/test-runner-puppeteer';
import { webdriverLauncher } from '@web/test-runner-webdriver';
import { CHROMIUM_ARGS, findChromium } from './browser.ts';
import { freePort } from './companion.ts';
import { until } from './until.ts';

export interface Engine {
  /** Its Debian packages. */
  readonly packages: readonly string[];
  /** Returns its path; `null` when it is not installed. */
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
    // Uses WebKitGTK, because Safari can be driven only on a Mac, after a click in its settings.
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
 * The runner sets the page size before each file, and Puppeteer sets an orientation with it. Firefox 140 does not know
 * that command, and the tests need only the size.
 */
function withoutOrientation(page: PuppeteerPage): PuppeteerPage {
  const setViewport = page.setViewport.bind(page);
  page.setViewport = async (viewport) => {
    try {
      await setViewport(viewport);
    } catch (error) {
      if (!viewport || !/setScreenOrientationOverride.*unknown command/.test(String(error))) throw error;
      // Puppeteer sends both commands at the same time, so the size may not be set yet.
      await page.waitForFunction(
        ({ width, height }) => innerWidth === width && innerHeight === height,
        {},
        viewport,
      );
    }
  };
  return page;
}

/** Starts the driver with a virtual display, because a server has none. The driver ends with this process. */
async function startWebKitDriver(): Promise<number> {
  const port = await freePort();
  const driver = spawn('xvfb-run', ['-a', 'WebKitWebDriver', `--port=${port}`], {
    stdio: 'ignore',
    detached: true,
  });
  // A process that a signal ends emits no `exit` event, and its browser would keep running.
  process.once('SIGTERM', () => process.exit(143));
  process.once('exit', () => {
    if (driver.pid === undefined) return;
    try {
      process.kill(-driver.pid);
    } catch {
      // The driver has already ended.
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
