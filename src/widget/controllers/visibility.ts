import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { boxOf, parentOf } from '../browser/flat-tree.ts';

/** At any vertical distance the payment is fetched early, so that a payer who scrolls to it need not wait. */
const NEAR = '999999px 0px';

/**
 * Events after which a hidden or prerendered page may have become visible. The window hears all of them, since
 * `visibilitychange` bubbles from the document.
 */
const MAYBE_VISIBLE_EVENTS = ['visibilitychange', 'focus', 'pageshow', 'pointerdown'];

/** The interval between checks of an element that `visibility` or `opacity` hides, ms: no event reports their change. */
const LOOK_MS = 250;

export interface VisibilityCallbacks {
  /** Called when the payer can see the element or scroll to it. */
  readonly near: () => void;
  /** Called when the element is in the window. */
  readonly seen: () => void;
}

/**
 * Reports once that the payer can see the element. Nobody sees it in a prerendered or background page, in a closed dialog,
 * in a hidden panel, or beside the window. `begin` starts the observation again.
 */
export class Visibility implements ReactiveController {
  readonly #host: HTMLElement;
  readonly #sights: VisibilityCallbacks;
  #ends: (() => void)[] = [];

  constructor(host: ReactiveControllerHost & HTMLElement, sights: VisibilityCallbacks) {
    this.#host = host;
    this.#sights = sights;
    host.addController(this);
  }

  hostDisconnected(): void {
    for (const end of this.#ends) end();
    this.#ends = [];
  }

  /** Starts to observe, or starts again: the element is back on the page, or has another payment. */
  begin(): void {
    this.hostDisconnected();
    const { near, seen } = this.#sights;
    this.#ends = [whenSeen(this.#host, NEAR, near), whenSeen(this.#host, '0px', seen)];
  }
}

function whenSeen(element: HTMLElement, rootMargin: string, then: () => void): () => void {
  let inPlace = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    clearTimeout(timer);
    if (!inPlace || !isPageSeen()) return;
    if (isShown(element)) {
      end();
      then();
    } else timer = setTimeout(look, LOOK_MS);
  };
  const observer = new IntersectionObserver(
    (entries) => {
      const { intersectionRatio, target } = entries[entries.length - 1]!;
      inPlace = intersectionRatio > 0;
      // The page's styles are loaded by now, and may have removed the element's box (`display: contents`).
      const box = boxOf(element);
      if (box === target) look();
      else {
        observer.disconnect();
        observer.observe(box);
      }
    },
    // Above zero: an element that is clipped completely, as in a closed accordion, intersects with its edge.
    { rootMargin, threshold: 1e-6 },
  );
  const end = (): void => {
    clearTimeout(timer);
    observer.disconnect();
    for (const type of MAYBE_VISIBLE_EVENTS) window.removeEventListener(type, look, true);
  };
  observer.observe(element);
  for (const type of MAYBE_VISIBLE_EVENTS) window.addEventListener(type, look, true);
  return end;
}

/** Returns true if the page is visible. The browsers of some apps call every page hidden; a page with the focus is not. */
function isPageSeen(): boolean {
  return document.visibilityState === 'visible' || document.hasFocus();
}

/** Returns false if styles hide an element that has a box. `opacity` is not inherited, so check each ancestor. */
function isShown(element: HTMLElement): boolean {
  for (let at: Element | null = element; at; at = parentOf(at)) {
    if (getComputedStyle(at).getPropertyValue('opacity') === '0') return false;
  }
  return getComputedStyle(element).visibility === 'visible';
}
