/**
 * Sends a scripted key, for keys that not every engine's driver can press: a key held with another one (WebKit's driver
 * accepts only single keys), or a key during input by an input method. Use it only to check that nothing happens.
 */
export function unpressableKey(target: EventTarget, init: KeyboardEventInit): void {
  target.dispatchEvent(
    new KeyboardEvent('keydown', { bubbles: true, cancelable: true, composed: true, ...init }),
  );
}
