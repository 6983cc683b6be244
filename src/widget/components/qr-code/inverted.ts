/** Only in Firefox the root's filter applies to the top layer. */
const ROOT_REACHES_TOP_LAYER = CSS.supports('-moz-appearance', 'none');

/** Extensions add layers at an end of `<body>`, so only this many children at each end are measured. */
const MEASURED_CHILDREN = 50;

/**
 * Returns true if the page shows `element` inverted: an odd number of filters, blends and covers around it or over it
 * invert. Night modes invert the page and then invert pictures back, but the second step does not reach into a shadow root.
 * Covers are searched among the children and pseudo-elements of `<html>` and `<body>`, where extensions put them.
 */
export function isInverted(element: Element): boolean {
  let turns = 0;
  /** The z-index of the layer that contains `element`. */
  let level = 0;
  /** The box that a cover must cover: the element, or the frame that contains it. */
  let box = element;
  let inner: Element | null = null;
  for (let node: Element | null = element; node; inner = node, node = parentOf(node)) {
    const { documentElement: root, body } = node.ownerDocument;
    if (node.ownerDocument !== box.ownerDocument) box = node;
    const style = getComputedStyle(node);
    turns += countInverting(style.filter, node);
    if (node.matches(':is(:modal, :popover-open, :fullscreen)')) {
      if (ROOT_REACHES_TOP_LAYER) turns += countInverting(getComputedStyle(root).filter, root);
      break;
    }
    if (isDifference(style)) turns += Number(isOnLight(node));
    if (inner && (node === root || node === body)) turns += countCovers(node, inner, box, level);
    if (style.zIndex !== 'auto') level = Number(style.zIndex);
    else if (isolates(style)) level = 0;
  }
  return turns % 2 === 1;
}

/** Returns the parent in the flat tree: through slots, shadow roots and frames of the same origin. */
function parentOf(node: Element): Element | null {
  const parent: Node | null = node.assignedSlot ?? node.parentNode;
  // Compare the node type, because a frame's page has its own classes.
  if (parent?.nodeType === Node.DOCUMENT_FRAGMENT_NODE) return (parent as ShadowRoot).host;
  if (parent?.nodeType === Node.ELEMENT_NODE) return parent as Element;
  return node.ownerDocument.defaultView?.frameElement ?? null;
}

/** Returns the number of functions in a computed `filter` that turn black into white. */
function countInverting(filter: string, node: Element): number {
  return [...filter.matchAll(/(invert|url)\(["']?([^"')]+)/g)].filter(([, name, value]) =>
    name === 'url'
      ? isNegative(node.ownerDocument.getElementById(value!.slice(value!.indexOf('#') + 1)))
      : Number.parseFloat(value!) > (value!.endsWith('%') ? 50 : 0.5),
  ).length;
}

/** Returns true if an SVG filter inverts: its matrix has negative factors, or its table falls. */
function isNegative(filter: Element | null): boolean {
  const numbers = (selector: string, name: string): number[] =>
    filter
      ?.querySelector(selector)
      ?.getAttribute(name)
      ?.trim()
      .split(/[\s,]+/)
      .map(Number) ?? [0];
  const [, , , , , red = 0, green = 0, blue = 0] = numbers('feColorMatrix', 'values');
  const table = numbers('feFuncG', 'tableValues');
  return red + green + blue < 0 || table[0]! > table[table.length - 1]!;
}

function isDifference({ mixBlendMode }: CSSStyleDeclaration): boolean {
  return mixBlendMode === 'difference' || mixBlendMode === 'exclusion';
}

/** Returns true if `node` is blended with a light background. A page without a background colour is white. */
function isOnLight(node: Element): boolean {
  for (let below = parentOf(node); below; below = parentOf(below)) {
    const style = getComputedStyle(below);
    if (!isTransparent(style)) return isLight(style);
    if (isolates(style) && below !== below.ownerDocument.documentElement) return false;
  }
  return true;
}

function isTransparent({ backgroundColor }: CSSStyleDeclaration): boolean {
  return backgroundColor === 'rgba(0, 0, 0, 0)';
}

/** Reads the computed colour: `rgb(…)` or `rgba(…)`. */
function isLight({ backgroundColor }: CSSStyleDeclaration): boolean {
  const [red = 0, green = 0, blue = 0] = backgroundColor.match(/[\d.]+/g)?.map(Number) ?? [];
  return red + green + blue > 384;
}

/** Returns true for a stacking context without a `z-index`: its content neither blends with nor is sorted among outside content. */
function isolates({
  isolation,
  opacity,
  transform,
  filter,
  mixBlendMode,
  position,
}: CSSStyleDeclaration): boolean {
  return (
    isolation === 'isolate' ||
    opacity !== '1' ||
    transform !== 'none' ||
    filter !== 'none' ||
    mixBlendMode !== 'normal' ||
    /fixed|sticky/.test(position)
  );
}

/**
 * Returns the number of layers in `parent` that invert `element` and cover all of its visible part. Smaller layers do not
 * count, such as a dot that follows the pointer. `inner` is the child that contains `element`, at z-index `level`.
 */
function countCovers(parent: Element, inner: Element, element: Element, level: number): number {
  const { innerWidth, innerHeight } = parent.ownerDocument.defaultView!;
  const { left, right, top, bottom, width, height } = element.getBoundingClientRect();
  const slack = Math.min(width, innerWidth) / 10;
  let count = 0;
  const look = (style: CSSStyleDeclaration, later: boolean): void => {
    const backdrop = style.backdropFilter || style.getPropertyValue('-webkit-backdrop-filter');
    const turns = countInverting(backdrop, parent) + Number(isDifference(style) && isLight(style));
    const order = Number(style.zIndex) || 0;
    if (order > level || (order === level && later)) count += turns;
  };
  const isCovered = (box: DOMRect): boolean =>
    box.left - slack < Math.max(left, 0) &&
    box.right + slack > Math.min(right, innerWidth) &&
    box.top - slack < Math.max(top, 0) &&
    box.bottom + slack > Math.min(bottom, innerHeight);
  const lookAt = (pseudo: string, later: boolean): void => {
    const style = getComputedStyle(parent, pseudo);
    // The position of a pseudo-element is unknown, only its size.
    const isLarge =
      Number.parseFloat(style.width) + slack > Math.min(width, innerWidth) &&
      Number.parseFloat(style.height) + slack > Math.min(height, innerHeight);
    if (isLarge && /fixed|absolute/.test(style.position) && !style.content.startsWith('no'))
      look(style, later);
  };
  lookAt('::before', false);
  const children = [...parent.children];
  const at = children.indexOf(inner);
  children.forEach((child, index) => {
    const isAtEnd = index < MEASURED_CHILDREN || index >= children.length - MEASURED_CHILDREN;
    if (isAtEnd && index !== at && isCovered(child.getBoundingClientRect()))
      look(getComputedStyle(child), index > at);
  });
  lookAt('::after', true);
  return count;
}
