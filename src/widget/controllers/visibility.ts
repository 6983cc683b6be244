import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { boxOf, parentOf } from '../browser/flat-tree.ts';

/** A payment is fetched wherever on the page's length it stands: a payer who scrolls to it is not to wait for it. */
const NEAR = '999999px 0px';

/**
 * Events after which a hidden or prerendered page may have become visible. The window hears all of them, since
 * `visibilitychange` bubbles from the document.
 */
const MAYBE_VISIBLE_EVENTS = ['visibilitychange', 'focus', 'pageshow', 'pointerdown'];

/** Between two looks at what is in its place and hidden by `visibility` or `opacity`, of which no event tells; ms. */
const LOOK_MS = 250;

export interface VisibilityCallbacks {
  /** The payer can see it, or is about to scroll to it. */
  readonly near: () => void;
  /** It is in the window. */
  readonly seen: () => void;
}

/**
 * Whether anybody has seen the element: not in a page that is prerendered or was opened in the background, not in a
 * closed dialog, a hidden panel or one beside the window. Seen once, it counts as seen until `begin` is called again.
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

  /** Anew: on the page again, or with another payment. */
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
      // By now the page's styles are there, which may have taken its box.
      const box = boxOf(element);
      if (box === target) look();
      else {
        observer.disconnect();
        observer.observe(box);
      }
    },
    // Above nothing: what is cut off wholly, as in a shut accordion, counts as intersecting by its edge.
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

/** Some apps' browsers call every page hidden: one that has the focus is not. */
function isPageSeen(): boolean {
  return document.visibilityState === 'visible' || document.hasFocus();
}

/** What has a box may still be hidden by styles, its own or inherited; `opacity` is not inherited, and hides all the same. */
function isShown(element: HTMLElement): boolean {
  for (let at: Element | null = element; at; at = parentOf(at)) {
    if (getComputedStyle(at).getPropertyValue('opacity') === '0') return false;
  }
  return getComputedStyle(element).visibility === 'visible';
}
