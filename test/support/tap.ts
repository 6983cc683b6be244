/**
 * A payer's actions in a component test. A scripted tap (`element.click()`) also works on elements that a payer cannot
 * see or reach. These functions first check that a payer could act, then use the browser's real pointer and keys.
 */
import { sendKeys, sendMouse } from '@web/test-runner-commands';
import { middleOf, nameOf, obstacle, type Point } from '../../demo/gallery/obstacle.ts';
import { PATIENCE_MS } from './patience.ts';

/** The pause between two checks of a position, ms: long enough to notice that a control moves. */
const STILL_MS = 30;

/** Deprecated for rich-text editors, but the only way for a script to edit like a payer. */
interface Editor {
  execCommand(command: 'insertText' | 'delete', ui?: false, text?: string): boolean;
}

/** Taps an element as soon as a payer could. Throws if a payer never can, or if another element gets the tap. */
export async function tap(element: Element): Promise<void> {
  const point = await reach(element);
  // An object, because the compiler does not see an assignment inside a callback.
  const heard: { path?: readonly EventTarget[] } = {};
  const listen = (click: Event): void => {
    heard.path = click.composedPath();
  };
  window.addEventListener('click', listen, { capture: true });
  try {
    await sendMouse({ type: 'click', position: [point.x, point.y] });
    // The page may receive the click after the driver has returned.
    const deadline = Date.now() + PATIENCE_MS;
    while (!heard.path && Date.now() < deadline) await pause(5);
  } finally {
    window.removeEventListener('click', listen, { capture: true });
  }
  const { path } = heard;
  if (!path) throw new Error(`the tap on ${nameOf(element)} made no click`);
  if (!path.includes(element)) {
    throw new Error(`the tap on ${nameOf(element)} went to ${nameOf(path[0])}`);
  }
}

/** Taps a link or submit button without leaving the page. Returns true if the browser would have followed it. */
export async function tapStaying(element: Element): Promise<boolean> {
  let followed = false;
  const last = (click: Event): void => {
    followed = !click.defaultPrevented;
    click.preventDefault();
  };
  window.addEventListener('click', last);
  try {
    await tap(element);
  } finally {
    window.removeEventListener('click', last);
  }
  return followed;
}

/** Taps the same spot several times, as fast as a hand can. The control may disappear or change meanwhile. */
export async function tapTimes(element: Element, times: number): Promise<void> {
  const { x, y } = await reach(element);
  for (let tapped = 0; tapped < times; tapped++) await sendMouse({ type: 'click', position: [x, y] });
}

/** Taps an empty spot of the page. */
export async function tapGround(): Promise<void> {
  const [x, y] = [innerWidth - 2, innerHeight - 2];
  const there = document.elementFromPoint(x, y);
  if (there && !there.matches('html, body')) throw new Error(`${nameOf(there)} lies in the window’s corner`);
  await sendMouse({ type: 'click', position: [x, y] });
}

/** Selects a line of text by dragging the pointer over it. */
export async function selectByHand(line: Element): Promise<void> {
  const { y } = await reach(line);
  const text = document.createRange();
  text.selectNodeContents(line);
  const { left, right } = text.getBoundingClientRect();
  await sendMouse({ type: 'move', position: [Math.round(left) + 1, y] });
  await sendMouse({ type: 'down' });
  await sendMouse({ type: 'move', position: [Math.round(right) - 1, y] });
  await sendMouse({ type: 'up' });
}

/** Replaces a field's text, key by key. */
export async function typeInto(field: HTMLInputElement, text: string): Promise<void> {
  await tap(field);
  field.select();
  if (field.value !== '') await sendKeys({ press: 'Delete' });
  // Sends single keys, because some drivers take a doubled letter for one held key.
  for (const key of text) await sendKeys({ type: key });
}

/** Replaces a field's text at once, by the browser's own editing command. */
export async function paste(field: HTMLInputElement, text: string): Promise<void> {
  await reach(field);
  field.focus();
  field.select();
  const editor = document as unknown as Editor;
  const done = text === '' ? editor.execCommand('delete') : editor.execCommand('insertText', false, text);
  if (!done && field.value !== text) throw new Error(`${nameOf(field)} takes no text`);
}

/** Waits until a payer can tap the element and it does not move. Returns the point to tap. */
async function reach(element: Element): Promise<Point> {
  const deadline = Date.now() + PATIENCE_MS;
  let before: Point | null = null;
  for (;;) {
    const hindrance = obstacle(element);
    const point = hindrance === null ? middleOf(element) : null;
    if (point && point.x === before?.x && point.y === before.y) return point;
    if (Date.now() > deadline) {
      throw new Error(`nobody can tap ${nameOf(element)}: ${hindrance ?? 'it never stands still'}`);
    }
    before = point;
    await pause(STILL_MS);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
