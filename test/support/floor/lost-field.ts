import { isNode, type SyntaxNode } from './syntax-tree.ts';

/** Globals, which no script declares: the bug affects only names of an enclosing scope. */
const GLOBALS = new Set(['Map', 'Set', 'WeakMap', 'AbortController', 'undefined', 'Infinity', 'NaN']);

/**
 * Returns true for a class field that Safari 14 and 15 may fail on. They may throw a ReferenceError for a name in an
 * initializer with parentheses, such as `x = helper(() => {})` (https://webkit.org/b/236843). Assign such a value in
 * the constructor instead.
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

/** The bug does not affect names inside a function. */
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
