import type { Plugin } from 'vite';
import { applyEdits, childNodes, isNode, type Edit, type SourceNode } from './source.ts';

/** Shortens the white space of `css` and `html` templates, which minifiers leave unchanged. */
export function squeezeTemplates(): Plugin {
  return {
    name: 'squeeze-templates',
    apply: 'build',
    transform(code, id) {
      if (!id.includes('/src/widget/')) return null;
      const edits: Edit[] = [];
      for (const node of childNodes(this.parse(code))) collect(node, code, edits);
      return { code: applyEdits(code, edits), map: null };
    },
  };
}

function collect(node: SourceNode, code: string, edits: Edit[]): void {
  const { tag, quasi } = node;
  if (isNode(tag) && isNode(quasi) && ['css', 'html'].includes(String(tag['name']))) {
    const squeeze = tag['name'] === 'css' ? squeezeCss : squeezeMarkup;
    for (const { start, end } of quasi['quasis'] as SourceNode[]) {
      edits.push({ start, end, text: squeeze(code.slice(start, end)) });
    }
  }
  for (const child of childNodes(node)) collect(child, code, edits);
}

/** Keeps one space, because it is visible between inline elements. */
function squeezeMarkup(source: string): string {
  return source.replace(/\s+/g, ' ');
}

function squeezeCss(source: string): string {
  return source
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,>]) ?/g, '$1')
    .replace(/: /g, ':')
    .replaceAll(';}', '}')
    .trim();
}
