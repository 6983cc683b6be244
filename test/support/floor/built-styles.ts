import { parse } from 'postcss';
import { allNodes, isNode, parseModule, type SyntaxNode } from './syntax-tree.ts';

/** Returns the style sheets in a built script: its tagged templates with CSS, without their inserted values. */
export function stylesIn(source: string): string[] {
  return templatesIn(source).filter(isCss);
}

/** Returns the markup in a built script. */
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
