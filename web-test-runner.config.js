import { esbuildPlugin } from '@web/dev-server-esbuild';
import { chromeLauncher } from '@web/test-runner-chrome';
import { CHROMIUM_ARGS, findChromium } from './test/support/browser.ts';
import { fakeCompanion } from './test/support/fake-companion-server.ts';

const executablePath = findChromium();
if (!executablePath) throw new Error('No Chromium found. Install one or name it in CHROME_PATH.');

export default {
  files: 'test/widget/**/*.test.ts',
  hostname: '127.0.0.1',
  nodeResolve: { exportConditions: ['production', 'default'] },
  concurrency: 1, // of two pages one is in the background, where browsers slow timers down and skip lazy images
  plugins: [esbuildPlugin({ ts: true, target: 'es2022', tsconfig: 'tsconfig.json' })],
  middleware: [fakeCompanion()],
  browsers: [chromeLauncher({ launchOptions: { executablePath, args: CHROMIUM_ARGS } })],
  testFramework: { config: { timeout: 15_000 } },
};
