/**
 * A key that no driver presses in every engine: one held with another (WebKit's driver takes single keys only), or one
 * that an input method is at work on. By script, hence only for what must *not* happen.
 */
export function unpressableKey(target: EventTarget, init: KeyboardEventInit): void {
  target.dispatchEvent(
    new KeyboardEvent('keydown', { bubbles: true, cancelable: true, composed: true, ...init }),
  );
}
