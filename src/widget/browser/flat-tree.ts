/** Returns the parent in the flat tree: through slots and out of shadow roots. */
export function parentOf(element: Element): Element | null {
  const { assignedSlot, parentNode } = element;
  return assignedSlot ?? (parentNode instanceof ShadowRoot ? parentNode.host : element.parentElement);
}

/** Returns the element, or its nearest ancestor that is not `display: contents` and so may have a box. */
export function boxOf(element: Element): Element {
  const parent = getComputedStyle(element).display === 'contents' ? parentOf(element) : null;
  return parent ? boxOf(parent) : element;
}
