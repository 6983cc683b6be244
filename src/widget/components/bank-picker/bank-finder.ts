import type { Bank } from '../../../protocol/banks.ts';
import { columnsOf, neighbour, type Lines } from './arrows.ts';
import { createBankSearch, type BankSearch } from './search.ts';

/** What it finds its way in. */
export interface BankFinderHost {
  readonly renderRoot: ParentNode;
  /** Every bank again. */
  clearSearch(): void;
}

/**
 * The search and the lists under it as one thing to the keyboard: arrows, Home and End move between real links, which
 * Tab reaches as ever, and whoever types goes on searching. Enter in the search only moves to the best bank: a second
 * one opens it, as it does any link.
 */
export class BankFinder {
  readonly #host: BankFinderHost;
  #banks: readonly Bank[] = [];
  #search: BankSearch = () => this.#banks;

  constructor(host: BankFinderHost) {
    this.#host = host;
  }

  /** The banks themselves when nothing in particular is asked for. A list is read once. */
  find(banks: readonly Bank[], query: string): readonly Bank[] {
    if (banks !== this.#banks) {
      this.#banks = banks;
      this.#search = createBankSearch(banks);
    }
    return this.#search(query);
  }

  keyInSearch(event: KeyboardEvent): void {
    // Enter and arrows belong to an input method while it is at work.
    if (event.isComposing || hasModifier(event)) return;
    if (event.key === 'ArrowDown' || event.key === 'Enter') {
      this.#go(event, this.#lists()[0]?.links[0]);
    } else if (event.key === 'Escape') {
      this.#clear(event);
    }
  }

  keyInLists(event: KeyboardEvent): void {
    const from = event.target;
    if (hasModifier(event) || !(from instanceof HTMLElement)) return;
    switch (event.key) {
      case 'ArrowUp':
      case 'ArrowDown':
      case 'ArrowLeft':
      case 'ArrowRight': {
        const rtl = getComputedStyle(from).direction === 'rtl';
        this.#go(event, neighbour(this.#lists(), from, event.key, rtl) ?? this.#field);
        break;
      }
      case 'Home':
        this.#go(event, this.#lists()[0]?.links[0]);
        break;
      case 'End':
        this.#go(event, [...this.#host.renderRoot.querySelectorAll<HTMLElement>('ul a')].pop());
        break;
      case 'Escape':
        this.#clear(event);
        break;
      default:
        // The key has yet to take effect: it does so where the focus is by then. Space goes on scrolling.
        if (/^[^\s]$/u.test(event.key) || event.key === 'Backspace') {
          event.stopPropagation(); // it is typed, and no hotkey of the page
          this.#field?.focus();
        }
    }
  }

  get #field(): HTMLInputElement | null {
    return this.#host.renderRoot.querySelector('input');
  }

  /** As they are laid out at the moment. */
  #lists(): Lines[] {
    return [...this.#host.renderRoot.querySelectorAll('ul')].map((list) => {
      const links = [...list.querySelectorAll<HTMLElement>('a')];
      return { links, columns: list.classList.contains('rows') ? 1 : columnsOf(links) };
    });
  }

  #go(event: Event, to: HTMLElement | null | undefined): void {
    if (!to) return;
    event.preventDefault();
    event.stopPropagation();
    to.focus({ preventScroll: true });
    to.scrollIntoView({ block: 'nearest' });
  }

  /** Only a search that has something in it: otherwise the key is the page's, which may close a dialog by it. */
  #clear(event: Event): void {
    const search = this.#field;
    if (!search?.value) return;
    event.preventDefault();
    event.stopPropagation();
    this.#host.clearSearch();
  }
}

function hasModifier({ altKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
  return altKey || ctrlKey || metaKey;
}
