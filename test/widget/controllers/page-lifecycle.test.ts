import { expect } from '@open-wc/testing';
import { LONG_HIDDEN_MS, PageLifecycle } from '../../../src/widget/controllers/page-lifecycle.ts';

const host = {
  addController: () => undefined,
  removeController: () => undefined,
  requestUpdate: () => undefined,
  updateComplete: Promise.resolve(true),
};

describe('PageWake', () => {
  const real = { setTimeout: window.setTimeout.bind(window), clearTimeout: window.clearTimeout.bind(window) };
  let timers: Map<number, { ms: number; callback: () => void }>;
  let visibility: DocumentVisibilityState = 'visible';
  let calls: string[];
  let wake: PageLifecycle;

  const turn = (state: DocumentVisibilityState): void => {
    visibility = state;
    document.dispatchEvent(new Event('visibilitychange'));
  };

  beforeEach(() => {
    timers = new Map();
    calls = [];
    visibility = 'visible';
    let next = 1;
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => visibility });
    window.setTimeout = ((callback: () => void, ms: number) => {
      timers.set(next, { ms, callback });
      return next++;
    }) as typeof window.setTimeout;
    window.clearTimeout = (id) => void timers.delete(id as number);
    const say = (name: string) => (): void => void calls.push(name);
    wake = new PageLifecycle(host, {
      back: say('back'),
      hidden: say('hidden'),
      left: say('left'),
      focused: say('focused'),
      offline: say('offline'),
      online: say('online'),
      resized: say('resized'),
    });
    wake.hostConnected();
  });
  afterEach(() => {
    wake.hostDisconnected();
    Object.assign(window, real);
    Reflect.deleteProperty(document, 'visibilityState');
  });

  it('tells when nobody has looked for long', () => {
    turn('hidden');
    expect([...timers.values()].map(({ ms }) => ms)).to.deep.equal([LONG_HIDDEN_MS]);
    expect(calls).to.deep.equal(['hidden']);
    [...timers.values()][0]!.callback();
    expect(calls).to.deep.equal(['hidden', 'left']);
    turn('visible');
    expect(calls).to.deep.equal(['hidden', 'left', 'back']);
  });

  it('forgets a glance away, and holds no timer when it is taken off', () => {
    turn('hidden');
    turn('visible');
    expect(timers.size).to.equal(0);
    turn('hidden');
    wake.hostDisconnected();
    expect(timers.size).to.equal(0);
    turn('visible');
    expect(calls).to.deep.equal(['hidden', 'back', 'hidden']);
  });

  it('counts for a page that was opened in the background, too', () => {
    wake.hostDisconnected();
    visibility = 'hidden';
    wake.hostConnected();
    expect(timers.size).to.equal(1);
  });
});
