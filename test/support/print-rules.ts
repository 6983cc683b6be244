/**
 * Applies the print styles of everything inside `host`, in every engine: their print rules apply, and their screen
 * rules do not. Returns a function that undoes it.
 */
export function printOut(host: Element): () => void {
  const changed: [MediaList, string][] = [];
  for (const sheet of sheetsIn(host)) {
    for (const rule of sheet.cssRules) {
      if (!(rule instanceof CSSMediaRule)) continue;
      changed.push([rule.media, rule.media.mediaText]);
      rule.media.mediaText = rule.media.mediaText.replace('screen', 'tty').replace('print', 'screen');
    }
  }
  return () => {
    for (const [media, text] of changed) media.mediaText = text;
  };
}

function sheetsIn(host: Element): Set<CSSStyleSheet> {
  const root = host.shadowRoot;
  const own = root ? [...root.adoptedStyleSheets, ...root.styleSheets] : [];
  const inner = [...(root?.querySelectorAll('*') ?? [])].flatMap((element) => [...sheetsIn(element)]);
  return new Set([...own, ...inner]);
}
