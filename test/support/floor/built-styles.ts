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

/** Texts of a script that are neither: where a value of CSS may hide that is put into a sheet. */
export function plainTextsIn(source: string): string[] {
  const nodes = [...allNodes(parseModule(source))];
  const strings = nodes.filter(({ type, value }) => type === 'Literal' && typeof value === 'string');
  return [
    ...strings.map(({ value }) => String(value)),
    ...nodes.filter(({ type }) => type === 'TemplateLiteral').map((node) => textOf(node)),
  ];
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
