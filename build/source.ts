/** Shared by the build's plugins: walks a syntax tree and edits its source. */

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface SourceNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export function isNode(value: unknown): value is SourceNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

export function childNodes(node: object): SourceNode[] {
  return Object.values(node).flat().filter(isNode);
}

/** Applies edits in any order. They must not overlap. */
export function applyEdits(code: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((edited, { start, end, text }) => edited.slice(0, start) + text + edited.slice(end), code);
}
