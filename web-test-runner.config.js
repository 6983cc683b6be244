import { esbuildPlugin } from '@web/dev-server-esbuild';
import { ENGINES } from './test/support/engines.ts';
import { failingParts } from './test/support/failing-parts-server.ts';
import { fakeCompanion } from './test/support/fake-companion-server.ts';
import { PATIENCE_MS } from './test/support/patience.ts';
import { readScreen } from './test/support/read-screen.ts';

/** Defaults to Chromium; `npm test` also names the others. */
const names = (process.env['TEST_ENGINES'] ?? 'chromium').split(',');
const browsers = await Promise.all(
  names.map((name) => {
    const path = ENGINES[name]?.find();
    if (!path) throw new Error(`No ${name} found. Run "npm test" once, which installs it.`);
    return ENGINES[name].launch(path);
  }),
);

const chromium = browsers[names.indexOf('chromium')];

/** Files that control the clock. `npm test` sets TEST_FILES to run only some files. */
const CLOCKWORK = 'test/widget/session/clockwork/';
const asked = process.env['TEST_FILES']?.split(',');
const files = asked?.filter((file) => !file.startsWith(CLOCKWORK)) ?? [
  'test/widget/**/*.test.ts',
  `!${CLOCKWORK}**`,
];
const clockwork = asked?.filter((file) => file.startsWith(CLOCKWORK)) ?? [`${CLOCKWORK}*.test.ts`];

export default {
  ...(files.length > 0 ? { files } : {}),
  // Firefox is slow to deliver the body of a response that was created in the page.
  groups:
    chromium && clockwork.length > 0 ? [{ name: 'clockwork', files: clockwork, browsers: [chromium] }] : [],
  hostname: '127.0.0.1',
  nodeResolve: { exportConditions: ['production', 'default'] },
  concurrency: 1, // with two pages, one is in the background, where browsers slow timers down and skip lazy images
  plugins: [esbuildPlugin({ ts: true, target: 'es2022', tsconfig: 'tsconfig.json' }), readScreen()],
  middleware: [fakeCompanion(), failingParts()],
  browsers,
  // Ends tests that hang. Long enough for slow tests on a machine with ten times the load.
  testFramework: { config: { timeout: 3 * PATIENCE_MS } },
  browserStartTimeout: PATIENCE_MS,
  testsStartTimeout: PATIENCE_MS,
  testsFinishTimeout: 15 * PATIENCE_MS,
};
