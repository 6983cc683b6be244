import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ArgumentError, readPlan } from './arguments.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (...args: string[]) => Object.fromEntries(readPlan(args, ROOT));

describe('the arguments of npm test', () => {
  it('are suites, folders and files, in the order of the suites', () => {
    assert.deepEqual(Object.keys(read()), ['unit', 'components', 'e2e']);
    assert.deepEqual(Object.keys(read('e2e', 'unit')), ['unit', 'e2e']);
    assert.deepEqual(read('test/demo/main.test.ts'), { unit: ['test/demo/main.test.ts'] });
    assert.deepEqual(read(join(ROOT, 'test/demo/main.test.ts')), { unit: ['test/demo/main.test.ts'] });
    const folder = read('./test/run/', 'test/widget/state/state.test.ts');
    assert.ok(folder['unit']!.includes('test/run/arguments.test.ts'));
    assert.deepEqual(folder['components'], ['test/widget/state/state.test.ts']);
    assert.deepEqual(read('test'), read());
  });

  it('name every file of tests in one suite', () => {
    const files = Object.values(read()).flat();
    assert.deepEqual(files.sort(), globSync('test/**/*.test.ts', { cwd: ROOT }).sort());
    assert.ok(files.length > 200);
  });

  it('are told apart where they are none, with what there is', () => {
    for (const [arg, says] of [
      ['nonsense', 'There is no nonsense'],
      ['test/demo/nope.test.ts', 'There is no test/demo/nope.test.ts'],
      ['test/support/until.ts', 'has no tests in it'],
      ['src/widget', 'has no tests below it'],
      ['--watch', 'takes no option --watch'],
      ['../', 'has no tests below it'],
    ] as const) {
      assert.throws(
        () => read(arg),
        (error: Error) =>
          error instanceof ArgumentError &&
          error.message.includes(says) &&
          error.message.includes('a suite (unit,'),
        arg,
      );
    }
  });
});
