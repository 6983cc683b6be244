/**
 * What a payer's hand does in a component test. A tap by script (`element.click()`) also works on what nobody can see
 * or reach; these first prove that a payer could, and then send the browser's own pointer and keys.
 */
import { sendKeys, sendMouse } from '@web/test-runner-commands';
import { middleOf, nameOf, obstacle, type Point } from '../../demo/gallery/obstacle.ts';
import { PATIENCE_MS } from './patience.ts';

/** Apart enough for a control that moves to be seen moving; ms. */
const STILL_MS = 30;

/** Deprecated for pages that edit rich text, and the one way for a script to edit as a payer does. */
interface Editor {
  execCommand(command: 'insertText' | 'delete', ui?: false, text?: string): boolean;
}

/** Taps it as a payer would, as soon as that can be done. Fails if it never can, and if something else gets the tap. */
export async function tap(element: Element): Promise<void> {
  const point = await reach(element);
  // An object, because it changes inside a callback that the compiler does not follow.
  const heard: { path?: readonly EventTarget[] } = {};
  const listen = (click: Event): void => {
    heard.path = click.composedPath();
  };
  window.addEventListener('click', listen, { capture: true });
  try {
    await sendMouse({ type: 'click', position: [point.x, point.y] });
    // A page may hear of it after the driver has said that it is done.
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

/** Taps a link or a button of a form without leaving the page. Returns whether the browser would have followed it. */
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

/** Several taps on one spot, as fast as a hand can. The control may go meanwhile, or become another. */
export async function tapTimes(element: Element, times: number): Promise<void> {
  const { x, y } = await reach(element);
  for (let tapped = 0; tapped < times; tapped++) await sendMouse({ type: 'click', position: [x, y] });
}

/** A tap on the page where nothing is. */
export async function tapGround(): Promise<void> {
  const [x, y] = [innerWidth - 2, innerHeight - 2];
  const there = document.elementFromPoint(x, y);
  if (there && !there.matches('html, body')) throw new Error(`${nameOf(there)} lies in the window’s corner`);
  await sendMouse({ type: 'click', position: [x, y] });
}

/** Selects a line of text by drawing the pointer over it. */
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

/** Types it into a field, key by key, in place of what is there. */
export async function typeInto(field: HTMLInputElement, text: string): Promise<void> {
  await tap(field);
  field.select();
  if (field.value !== '') await sendKeys({ press: 'Delete' });
  // One by one: some drivers take a doubled letter for one key that is held.
  for (const key of text) await sendKeys({ type: key });
}

/** Puts it into a field at one go, in place of what is there, by the browser's own editing. */
export async function paste(field: HTMLInputElement, text: string): Promise<void> {
  await reach(field);
  field.focus();
  field.select();
  const editor = document as unknown as Editor;
  const done = text === '' ? editor.execCommand('delete') : editor.execCommand('insertText', false, text);
  if (!done && field.value !== text) throw new Error(`${nameOf(field)} takes no text`);
}

/** Where to tap it: waits until nothing hinders a payer, and until it stands still. */
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
