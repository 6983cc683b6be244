import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once, EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import { PATIENCE_MS } from '../support/patience.ts';
import { ended } from './component-tests.ts';

/** A stub of the runner that reports what the test tells it to. */
function runner(ids: readonly string[]) {
  const sessions = Object.assign(new EventEmitter(), { all: () => ids.map((id) => ({ id })) });
  const whole = Object.assign(new EventEmitter(), { sessions });
  const say = (id: string, status: string) =>
    sessions.emit('session-status-updated', {
      id,
      status,
      testFile: `/project/${id}.test.ts`,
      browser: { name: 'Chrome' },
      passed: true,
    });
  return { whole: whole as unknown as Parameters<typeof ended>[0], say, stop: () => whole.emit('stopped') };
}

describe('a run of component tests', () => {
  it('is over when its runner has stopped', async () => {
    const { whole, say, stop } = runner(['one', 'two']);
    const run = ended(whole, PATIENCE_MS);
    say('one', 'STARTED');
    say('one', 'FINISHED');
    stop();
    await run;
  });

  it('is ended, with its browsers, when nothing in it ends for too long', async () => {
    const browser = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true });
    const gone = once(browser, 'exit');
    const { whole, say } = runner(['one']);
    const run = ended(whole, 200);
    say('one', 'STARTED');
    await assert.rejects(run, /no file of component tests has ended/);
    await gone;
  });
});
