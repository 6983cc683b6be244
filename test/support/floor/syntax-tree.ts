import { parse } from 'acorn';

export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/**
 * Throws a SyntaxError for syntax newer than ES2022. The floor supports ES2022, except for what `newer-javascript.ts`
 * finds.
 */
export function parseModule(source: string): SyntaxNode {
  return parse(source, { ecmaVersion: 2022, sourceType: 'module' }) as unknown as SyntaxNode;
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

export function* allNodes(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const child of Object.values(node).flat()) if (isNode(child)) yield* allNodes(child);
}
