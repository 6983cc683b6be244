/** Translators insert this deprecated element. As a plain `string` the name does not select the deprecated type. */
const WRAPPER = 'font' as string;

/** Replaces text nodes like the translators of Chrome and Yandex Browser: the old nodes are removed for good. */
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
 * Returns the text of a node and its inner elements, in order, with a running clock as `0:00`. Leaves out
 * announcements: they are older texts in the language of their time.
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
