/** Finds why a payer cannot tap an element. A script can click a hidden element, so a script that acts as a payer checks this first. */

/** The smallest control that a finger can hit (WCAG 2.2, 2.5.8), in CSS pixels. Applies only to our own controls. */
const SMALLEST = 24;

/** In CSS pixels of the window. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Returns why a payer cannot tap the element now; `null` if they can. Scrolls to it, as a payer would. */
export function obstacle(element: Element): string | null {
  if (!element.isConnected) return 'it is not on the page';
  if (element.matches(':disabled')) return 'it is disabled';
  if (!isInView(element)) element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
  const visible = element.checkVisibility({
    checkOpacity: true,
    checkVisibilityCSS: true,
    contentVisibilityAuto: true,
  });
  if (!visible) {
    // A row outside its scrolled list is not drawn (content-visibility). After scrolling, the next check finds it.
    element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
    return 'it cannot be seen';
  }
  const { width, height } = element.getBoundingClientRect();
  const least = element.getRootNode() instanceof ShadowRoot ? SMALLEST : 1;
  if (width < least || height < least) return `it is ${width} × ${height} px`;
  if (!isInView(element)) return 'it is outside the window';
  if (coverOf(element) === null) return null;
  // A payer would scroll the element out from under a sticky header or footer.
  element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
  const cover = coverOf(element);
  return cover && `${cover} lies over it`;
}

/** Returns the name of the element that gets the tap instead; `null` if the element gets the tap itself. */
function coverOf(element: Element): string | null {
  const { x, y } = middleOf(element);
  const top = topmostAt(x, y);
  return top && isWithin(top, element) ? null : nameOf(top);
}

/** Returns the topmost element at this point, through every open shadow root. */
function topmostAt(x: number, y: number): Element | null {
  let found = document.elementFromPoint(x, y);
  for (;;) {
    const inner: Element | null = found?.shadowRoot?.elementFromPoint(x, y) ?? null;
    if (!inner || inner === found) return found;
    found = inner;
  }
}

/** True if a tap on `inner` also reaches `outer`, through slots and out of shadow roots. */
function isWithin(inner: Element, outer: Element): boolean {
  for (let node: Node | null = inner; node;) {
    if (node === outer) return true;
    const slot: Node | null = node instanceof Element ? node.assignedSlot : null;
    node = slot ?? (node instanceof ShadowRoot ? node.host : node.parentNode);
  }
  return false;
}

/** Returns the middle of the element, or of its first line for a wrapped link. In whole pixels, because drivers accept no others. */
export function middleOf(element: Element): Point {
  const { left, top, width, height } = element.getClientRects()[0] ?? element.getBoundingClientRect();
  return { x: Math.round(left + width / 2), y: Math.round(top + height / 2) };
}

function isInView(element: Element): boolean {
  const { x, y } = middleOf(element);
  return x >= 0 && y >= 0 && x < innerWidth && y < innerHeight;
}

export function nameOf(target: EventTarget | null | undefined): string {
  if (!(target instanceof Element)) return 'nothing';
  const [name] = target.classList;
  const label = target.textContent.replace(/\s+/g, ' ').trim().slice(0, 40);
  return `<${target.localName}${name === undefined ? '' : `.${name}`}>${label && ` "${label}"`}`;
}
