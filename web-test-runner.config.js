import { existsSync } from 'node:fs';
import { esbuildPlugin } from '@web/dev-server-esbuild';
import { chromeLauncher } from '@web/test-runner-chrome';
import { fakeCompanion } from './test/support/fake-companion-server.ts';

const executablePath = [
  process.env.CHROME_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
].find((path) => path && existsSync(path));

if (!executablePath) throw new Error('No Chromium found. Install one or name it in CHROME_PATH.');

export default {
  files: 'test/widget/**/*.test.ts',
  hostname: '127.0.0.1',
  nodeResolve: { exportConditions: ['production', 'default'] },
  concurrency: 1, // of two pages one is in the background, where browsers slow timers down and skip lazy images
  plugins: [esbuildPlugin({ ts: true, target: 'es2022', tsconfig: 'tsconfig.json' })],
  middleware: [fakeCompanion()],
  browsers: [
    chromeLauncher({
      launchOptions: {
        executablePath,
        args: [
          ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
          '--disable-gpu',
          '--disable-quic',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
        ],
      },
    }),
  ],
  testFramework: { config: { timeout: 15_000 } },
};
