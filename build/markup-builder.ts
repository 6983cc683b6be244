const XHTML = 'http://www.w3.org/1999/xhtml';
const SVG = 'http://www.w3.org/2000/svg';

/** Matches a text, a placeholder comment, an end tag, or a start tag with attributes and optional slash. */
const TOKEN = /([^<]+)|<(\?[^>]*)>|<\/[^>]*>|<([\w-]+)((?:"[^"]*"|[^">])*?)(\/?)>/g;
const ATTRIBUTE = /([^\s=]+)(?:=("?)([^]*?)\2(?=\s|$))?/g;

/**
 * Builds a template's markup from nodes. `innerHTML` would need a Trusted Types policy, and a page may not allow its name or may
 * already use it. Reads only the plain markup that the build accepts (plain-markup.ts).
 *
 * The nodes belong to the document of `into`. The document of a `template` creates no custom elements and loads no
 * images, as with `innerHTML`.
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
