import { fixture, html } from '@open-wc/testing';
import '../../src/widget/components/bank-picker/bank-finder.ts';
import { SbpBankPicker } from '../../src/widget/components/bank-picker/bank-picker.ts';
import { defineOnce } from '../../src/widget/browser/define-once.ts';
import { chooseLanguage } from '../../src/widget/locales/language.ts';
import { LINK } from './snapshots.ts';
import { paste } from './tap.ts';

defineOnce('sbp-bank-picker', SbpBankPicker);

const RUSSIAN = chooseLanguage(['ru'], null);
export const ORIGIN = 'https://pay.example.ru';

/** Returns a bank in the form of the companion's list. */
export function bank(name: string, changes: object = {}): object {
  const url = LINK.replace('https', 'bank100000000004');
  return { id: name, name, logo_url: null, aliases: [], url, links: [{ kind: 'scheme', url }], ...changes };
}

export const TWELVE = Array.from({ length: 12 }, (_, index) => bank(`Банк ${index + 1}`));

/** Shows a picker with a loaded list. A tap on a bank opens nothing. */
export async function showPicker(
  banks: unknown,
  changes: Partial<SbpBankPicker> & { width?: number } = {},
): Promise<SbpBankPicker> {
  const { width = 390, ...properties } = changes;
  const box = await fixture<HTMLElement>(html`<div></div>`);
  box.style.width = `${width}px`;
  const picker = document.createElement('sbp-bank-picker');
  const given: Partial<SbpBankPicker> = {
    language: RUSSIAN,
    origin: ORIGIN,
    link: LINK,
    load: () => Promise.resolve({ platform: 'ios', banks }),
    onBankTap: (_: unknown, tap: Event) => tap.preventDefault(),
    only: null,
    ...properties,
  };
  Object.assign(picker, given);
  box.append(picker);
  const shown = picker as unknown as SbpBankPicker;
  await settle(shown);
  return shown;
}

export function all<T extends Element = HTMLElement>(picker: SbpBankPicker, selector: string): T[] {
  return [...picker.shadowRoot!.querySelectorAll<T>(selector)];
}

export function namesOf(picker: SbpBankPicker, selector = 'a[part=bank]'): string[] {
  return all(picker, selector).map((link) => link.querySelector('.name')!.textContent);
}

/** Waits until all rows are drawn, including the part that loads on the first focus. */
export async function settle(picker: SbpBankPicker): Promise<void> {
  for (let rows = -1; rows !== all(picker, 'a').length;) {
    rows = all(picker, 'a').length;
    await new Promise((resolve) => setTimeout(resolve, 60));
    await picker.updateComplete;
  }
}

/** Pastes a query into the search field. Returns the names of the found banks. */
export async function search(picker: SbpBankPicker, query: string): Promise<string[]> {
  const input = all<HTMLInputElement>(picker, 'input')[0]!;
  await paste(input, query);
  await settle(picker);
  return namesOf(picker);
}

/** Returns `search` or the bank's name for the focused element; `null` without focus. */
export function focused(picker: SbpBankPicker): string | null {
  const element = picker.shadowRoot!.activeElement;
  return element instanceof HTMLInputElement
    ? 'search'
    : (element?.querySelector('.name')?.textContent ?? null);
}
