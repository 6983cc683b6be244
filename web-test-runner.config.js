import { esbuildPlugin } from '@web/dev-server-esbuild';
import { ENGINES } from './test/support/engines.ts';
import { failingParts } from './test/support/failing-parts-server.ts';
import { fakeCompanion } from './test/support/fake-companion-server.ts';
import { PATIENCE_MS } from './test/support/patience.ts';
import { readScreen } from './test/support/read-screen.ts';

/** Chromium unless told: `npm test` names the others, too. */
const names = (process.env['TEST_ENGINES'] ?? 'chromium').split(',');
const browsers = await Promise.all(
  names.map((name) => {
    const path = ENGINES[name]?.find();
    if (!path) throw new Error(`No ${name} found. Run "npm test" once, which installs it.`);
    return ENGINES[name].launch(path);
  }),
);

const chromium = browsers[names.indexOf('chromium')];

export default {
  files: 'test/widget/*.test.ts',
  // These own the time, and Firefox takes its own for the body of an answer that never was on a network.
  groups: chromium
    ? [{ name: 'clockwork', files: 'test/widget/clockwork/*.test.ts', browsers: [chromium] }]
    : [],
  hostname: '127.0.0.1',
  nodeResolve: { exportConditions: ['production', 'default'] },
  concurrency: 1, // of two pages one is in the background, where browsers slow timers down and skip lazy images
  plugins: [esbuildPlugin({ ts: true, target: 'es2022', tsconfig: 'tsconfig.json' }), readScreen()],
  middleware: [fakeCompanion(), failingParts()],
  browsers,
  // Ends what hangs. What merely takes long, on a machine with ten times the work, is waited for.
  testFramework: { config: { timeout: 3 * PATIENCE_MS } },
  browserStartTimeout: PATIENCE_MS,
  testsStartTimeout: PATIENCE_MS,
  testsFinishTimeout: 15 * PATIENCE_MS,
};
