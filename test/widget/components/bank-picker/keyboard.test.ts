import { expect } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import type { SbpBankPicker } from '../../../../src/widget/components/bank-picker/bank-picker.ts';
import { all, bank, focused, search, settle, showPicker } from '../../../support/bank-picker.ts';
import { unpressableKey } from '../../../support/unpressable-key.ts';

const KEY = 'sbp-checkout:banks';
const TWENTY = Array.from({ length: 20 }, (_, index) => bank(`Б${index + 1}`));

async function press(picker: SbpBankPicker, ...keys: string[]): Promise<string | null> {
  for (const key of keys) await sendKeys({ press: key });
  await picker.updateComplete;
  return focused(picker);
}

function input(picker: SbpBankPicker): HTMLInputElement {
  return all<HTMLInputElement>(picker, 'input')[0]!;
}

/** Opens the picker at 390 px: four tiles in a line; two recent banks, eight tiles, ten rows. */
async function open(changes: Parameters<typeof showPicker>[1] = {}): Promise<SbpBankPicker> {
  localStorage.setItem(KEY, '["Б3","Б7"]');
  const picker = await showPicker(TWENTY, changes);
  input(picker).focus();
  await settle(picker);
  return picker;
}

describe('the bank picker by keyboard', () => {
  afterEach(() => localStorage.removeItem(KEY));

  it('goes from the search into the lists, through tiles in both directions and through rows', async () => {
    const picker = await open();
    // Recent banks: 3 7. Tiles: 1 2 4 5 / 6 8 9 10. Rows: 11 …
    expect(await press(picker, 'ArrowDown')).to.equal('Б3');
    expect(await press(picker, 'ArrowRight')).to.equal('Б7');
    expect(await press(picker, 'ArrowRight'), 'the end of the line').to.equal('Б7');
    expect(await press(picker, 'ArrowDown')).to.equal('Б2');
    expect(await press(picker, 'ArrowRight', 'ArrowRight', 'ArrowDown')).to.equal('Б10');
    expect(await press(picker, 'ArrowDown')).to.equal('Б11');
    expect(await press(picker, 'ArrowRight'), 'rows have no beside').to.equal('Б11');
    expect(await press(picker, 'ArrowDown', 'ArrowDown')).to.equal('Б13');
    expect(await press(picker, 'ArrowUp', 'ArrowUp', 'ArrowUp')).to.equal('Б6');
    expect(await press(picker, 'ArrowLeft'), 'back into the line above').to.equal('Б5');
    expect(await press(picker, 'ArrowUp'), 'above a line that is not full').to.equal('Б7');
    expect(await press(picker, 'ArrowUp')).to.equal('search');
  });

  it('goes to the first and the last with Home and End', async () => {
    const picker = await open();
    expect(await press(picker, 'ArrowDown', 'End')).to.equal('Б20');
    expect(await press(picker, 'ArrowDown'), 'nowhere further').to.equal('Б20');
    expect(await press(picker, 'Home')).to.equal('Б3');
  });

  it('follows the writing direction', async () => {
    const picker = await open();
    picker.dir = 'rtl';
    expect(await press(picker, 'ArrowDown', 'ArrowLeft')).to.equal('Б7');
    expect(await press(picker, 'ArrowRight')).to.equal('Б3');
  });

  it('searches on as soon as someone types, wherever they are', async () => {
    const picker = await open();
    await sendKeys({ type: 'Б1' });
    expect(await press(picker, 'ArrowDown', 'ArrowDown')).to.equal('Б10');
    await sendKeys({ type: '9' });
    await picker.updateComplete;
    expect(focused(picker)).to.equal('search');
    expect(input(picker).value).to.equal('Б19');
    await press(picker, 'ArrowDown', 'Backspace');
    expect([focused(picker), input(picker).value]).to.deep.equal(['search', 'Б1']);
  });

  it('leaves the browser’s own keys alone', async () => {
    const picker = await open();
    await press(picker, 'ArrowDown');
    for (const held of ['ctrlKey', 'altKey', 'metaKey']) {
      unpressableKey(picker.shadowRoot!.activeElement!, { key: 'b', [held]: true });
      expect(focused(picker), held).to.equal('Б3');
    }
    expect(await press(picker, 'Tab')).to.equal('Б7');
    expect(await press(picker, 'PageDown')).to.equal('Б7');
    expect(input(picker).value).to.equal('');
  });

  it('clears the search with Escape, and leaves an empty one to the page', async () => {
    const picker = await open();
    const heard: boolean[] = [];
    const listen = (event: KeyboardEvent) => heard.push(event.defaultPrevented);
    document.addEventListener('keydown', listen);
    await search(picker, 'Б1');
    await press(picker, 'ArrowDown');
    heard.length = 0;
    expect(await press(picker, 'Escape')).to.equal('search');
    expect([input(picker).value, heard.length]).to.deep.equal(['', 0]);
    await press(picker, 'Escape');
    expect(heard).to.deep.equal([false]);
    await search(picker, 'Б2');
    await press(picker, 'Escape');
    expect([input(picker).value, heard.length]).to.deep.equal(['', 1]);
    document.removeEventListener('keydown', listen);
  });

  it('opens a bank by Enter on the bank, never by Enter in the search', async () => {
    const tapped: string[] = [];
    const picker = await open({
      onBankTap: ({ name }, tap) => {
        tapped.push(name);
        tap.preventDefault();
      },
    });
    await search(picker, 'Б17');
    expect(await press(picker, 'Enter')).to.equal('Б17');
    expect(tapped).to.deep.equal([]);
    await press(picker, 'Enter');
    expect(tapped).to.deep.equal(['Б17']);
  });

  it('does not take Enter from an input method', async () => {
    const picker = await open();
    unpressableKey(input(picker), { key: 'Enter', isComposing: true });
    expect(focused(picker)).to.equal('search');
  });

  it('has nowhere to go where nothing is found, and is not lost there', async () => {
    const picker = await open();
    await search(picker, 'нет такого');
    expect(await press(picker, 'ArrowDown', 'Enter')).to.equal('search');
  });

  it('keeps what it goes to clear of the search that sticks above it', async () => {
    const picker = await open();
    picker.style.height = '300px';
    picker.style.overflowY = 'auto';
    await press(picker, 'ArrowDown', 'End', 'ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowUp');
    const link = picker.shadowRoot!.activeElement!.getBoundingClientRect();
    const field = all(picker, '.search')[0]!.getBoundingClientRect();
    expect(link.top).to.be.at.least(field.bottom);
    expect(link.bottom).to.be.at.most(picker.getBoundingClientRect().bottom);
  });

  it('is links and lists to a screen reader, each with its name', async () => {
    const picker = await open();
    expect(all(picker, '[role=option], [role=listbox], [tabindex]').length).to.equal(0);
    expect(all(picker, 'ul').every((list) => list.getAttribute('role') === 'list')).to.equal(true);
    await expect(picker).to.be.accessible();
  });
});
