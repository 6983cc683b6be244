/** No order needs as many levels, and recursive code can read them. */
export const MAX_JSON_DEPTH = 64;

/** True if a parsed body has more than {@link MAX_JSON_DEPTH} levels: recursive code could overflow the stack. */
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
