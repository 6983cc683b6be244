import { isNode, type SyntaxNode } from './syntax-tree.ts';

/** Names that no script declares: the bug loses only those of an enclosing scope. */
const GLOBALS = new Set(['Map', 'Set', 'WeakMap', 'AbortController', 'undefined', 'Infinity', 'NaN']);

/**
 * Safari 14 and 15 may throw a ReferenceError for a name in a class field's initializer that has parentheses in it
 * (https://webkit.org/b/236843): `x = helper(() => {})`. A constructor takes what such a field would hold.
 */
export function isLostField(node: SyntaxNode): boolean {
  if (node.type !== 'PropertyDefinition' || !isNode(node['value'])) return false;
  return hasParentheses(node['value']) && namesOuter(node['value']);
}

function hasParentheses(node: SyntaxNode): boolean {
  if (['CallExpression', 'NewExpression', 'SequenceExpression', 'ImportExpression'].includes(node.type))
    return true;
  if (isFunction(node)) return true;
  return children(node).some(hasParentheses);
}

/** Names inside a function are kept. */
function namesOuter(node: SyntaxNode): boolean {
  if (isFunction(node)) return false;
  if (node.type === 'Identifier') return !GLOBALS.has(String(node['name']));
  if (node.type === 'MemberExpression' && node['computed'] !== true) return outer(node['object']);
  if (node.type === 'Property') return outer(node['value']);
  return children(node).some(namesOuter);
}

function outer(value: unknown): boolean {
  return isNode(value) && namesOuter(value);
}

function isFunction({ type }: SyntaxNode): boolean {
  return type === 'ArrowFunctionExpression' || type === 'FunctionExpression';
}

function children(node: SyntaxNode): SyntaxNode[] {
  return Object.values(node).flat().filter(isNode);
}
