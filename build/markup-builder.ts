const XHTML = 'http://www.w3.org/1999/xhtml';
const SVG = 'http://www.w3.org/2000/svg';

/** A text, a placeholder's comment, an end tag, or a start tag with its attributes and its own end. */
const TOKEN = /([^<]+)|<(\?[^>]*)>|<\/[^>]*>|<([\w-]+)((?:"[^"]*"|[^">])*?)(\/?)>/g;
const ATTRIBUTE = /([^\s=]+)(?:=("?)([^]*?)\2(?=\s|$))?/g;

/**
 * Builds a template's markup out of nodes: `innerHTML` would need a Trusted Types policy, whose name a page may have given
 * away or may not allow. Reads the plain markup alone that the build lets pass (plain-markup.ts).
 *
 * The nodes belong to the document of `into`. A template's own document creates no custom elements and loads no
 * pictures, exactly as with `innerHTML`.
 */
export function buildMarkup(into: DocumentFragment, markup: string): void {
  const owner = into.ownerDocument;
  let parent: DocumentFragment | Element = into;
  for (const [, text, placeholder, name, attributes, closed] of markup.matchAll(TOKEN)) {
    if (text) parent.append(text);
    else if (placeholder) parent.append(owner.createComment(placeholder));
    else if (!name) parent = parent.parentNode as Element;
    else {
      const element: Element = owner.createElementNS(
        name === 'svg' ? SVG : ((parent as Element).namespaceURI ?? XHTML),
        name,
      );
      for (const [, key, , value] of attributes!.matchAll(ATTRIBUTE)) element.setAttribute(key!, value ?? '');
      parent.append(element);
      if (!closed) parent = element;
    }
  }
}
