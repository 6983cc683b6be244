/** On the page as it is drawn: through slots and out of shadow roots. */
export function parentOf(element: Element): Element | null {
  const { assignedSlot, parentNode } = element;
  return assignedSlot ?? (parentNode instanceof ShadowRoot ? parentNode.host : element.parentElement);
}

/** The element itself, or for one without a box (`display: contents`) the nearest around it that may have one. */
export function boxOf(element: Element): Element {
  const parent = getComputedStyle(element).display === 'contents' ? parentOf(element) : null;
  return parent ? boxOf(parent) : element;
}
