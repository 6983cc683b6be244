/** Deeper than any order is; shallow enough that reading it recursively is safe. */
export const MAX_JSON_DEPTH = 64;

/** Whether a parsed body is nested so deep that code which walks through it recursively would end its stack. */
export function isNestedTooDeep(body: unknown): boolean {
  let level = [body].filter(isContainer);
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === MAX_JSON_DEPTH) return true;
    level = level.flatMap((container) => Object.values(container).filter(isContainer));
  }
  return false;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
