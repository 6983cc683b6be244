import { parse } from 'postcss';
import { allNodes, isNode, parseModule, type SyntaxNode } from './syntax-tree.ts';

/** The style sheets in a built script: its tagged templates that are CSS, with what is put into them left out. */
export function stylesIn(source: string): string[] {
  return templatesIn(source).filter(isCss);
}

/** The markup in a built script. */
export function markupIn(source: string): string[] {
  return templatesIn(source).filter((text) => /<[a-z/!]/i.test(text));
}

function templatesIn(source: string): string[] {
  return [...allNodes(parseModule(source))]
    .filter(({ type }) => type === 'TaggedTemplateExpression')
    .map(({ quasi }) => (isNode(quasi) ? textOf(quasi) : ''));
}

function textOf(template: SyntaxNode): string {
  return (template['quasis'] as readonly { value: { cooked: string } }[])
    .map(({ value }) => value.cooked)
    .join('');
}

function isCss(text: string): boolean {
  if (/^\s*</.test(text)) return false;
  try {
    return parse(text).nodes.some(({ type }) => type === 'rule' || type === 'atrule');
  } catch {
    return false;
  }
}
