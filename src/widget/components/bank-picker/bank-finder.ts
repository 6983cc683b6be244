import type { Bank } from '../../../protocol/banks.ts';
import { columnsOf, linkInDirection, type LinkList } from './arrows.ts';
import { createBankSearch, type BankSearch } from './search.ts';

export interface BankFinderHost {
  readonly renderRoot: ParentNode;
  /** Shows every bank again. */
  clearSearch(): void;
}

/**
 * Makes one keyboard area of the search field and the lists below it. Arrows, Home and End move between the links, which
 * Tab reaches as usual. Typing on a link continues the search. Enter in the search field moves to the best bank; a second
 * Enter opens that bank, as with any link.
 */
export class BankFinder {
  readonly #host: BankFinderHost;
  #banks: readonly Bank[] = [];
  #search: BankSearch = () => this.#banks;

  constructor(host: BankFinderHost) {
    this.#host = host;
  }

  /** Returns the banks that match the query. Returns `banks` itself when the query is empty. Each list is indexed once. */
  find(banks: readonly Bank[], query: string): readonly Bank[] {
    if (banks !== this.#banks) {
      this.#banks = banks;
      this.#search = createBankSearch(banks);
    }
    return this.#search(query);
  }

  keyInSearch(event: KeyboardEvent): void {
    // While an input method composes, Enter and arrows belong to it.
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
        this.#go(event, linkInDirection(this.#lists(), from, event.key, rtl) ?? this.#field);
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
        // The browser types the key after this event, into the field that has the focus then. Space keeps scrolling.
        if (/^[^\s]$/u.test(event.key) || event.key === 'Backspace') {
          event.stopPropagation(); // the page must not take it as a hotkey
          this.#field?.focus();
        }
    }
  }

  get #field(): HTMLInputElement | null {
    return this.#host.renderRoot.querySelector('input');
  }

  /** Returns the lists as they are laid out now. */
  #lists(): LinkList[] {
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

  /** Clears the search. With an empty search, Escape is left to the page, which may close a dialog with it. */
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
