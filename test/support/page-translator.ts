/** No element that anyone should use, hence not by the name that the compiler knows. */
const WRAPPER = 'font' as string;

/** Replaces text nodes as the translators of Chrome and Yandex Browser do: each is gone for good. */
export function translatePage(root: Node & ParentNode): void {
  for (const element of root.querySelectorAll('*')) if (element.shadowRoot) translatePage(element.shadowRoot);
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) {
    const text = walker.currentNode as Text;
    if (text.data.trim() && text.parentElement?.localName !== 'style') texts.push(text);
  }
  for (const text of texts) {
    const [outer, inner] = [document.createElement(WRAPPER), document.createElement(WRAPPER)];
    inner.textContent = text.data;
    outer.append(inner);
    text.replaceWith(outer);
  }
}

/**
 * All the words in it and in its inner elements, in order; a running clock as `0:00`. Without what was announced, which
 * is news of the past in the language of then.
 */
export function wordsOf(root: Node): string {
  return gather(root)
    .join(' ')
    .replace(/\s+/g, ' ')
    .replace(/\d+:\d\d/g, '0:00')
    .trim();
}

function gather(node: Node): string[] {
  if (node instanceof Text) return [node.data];
  if (node instanceof Element && node.matches('style, .hidden[role=status]')) return [];
  const shadow = node instanceof Element ? node.shadowRoot : null;
  return [...(shadow ? gather(shadow) : []), ...[...node.childNodes].flatMap(gather)];
}
