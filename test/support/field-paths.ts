type Json = Readonly<Record<string, unknown>>;

/** Returns every leaf of a JSON schema as a path: `customer.phone`, `banks[].links[].kind` … */
export function pathsOfSchema(schema: Json, prefix = ''): string[] {
  const variants = (schema['anyOf'] ?? schema['oneOf']) as Json[] | undefined;
  if (variants) {
    const paths = new Set(variants.flatMap((variant) => pathsOfSchema(variant, prefix)));
    // A nullable object is not a leaf.
    if (paths.size > 1) paths.delete(prefix);
    return [...paths];
  }
  const { properties, items } = schema as { properties?: Record<string, Json>; items?: Json };
  if (items && hasFields(items)) return pathsOfSchema(items, `${prefix}[]`);
  if (!properties) return [prefix];
  return Object.entries(properties).flatMap(([key, inner]) => pathsOfSchema(inner, join(prefix, key)));
}

/** Returns every leaf of a value as a path. `opaque`: fields with the merchant's own content. */
export function pathsOfValue(value: unknown, opaque: readonly string[], prefix = ''): string[] {
  if (opaque.includes(prefix) || typeof value !== 'object' || value === null) return [prefix];
  if (Array.isArray(value)) {
    const objects = value.filter((item) => typeof item === 'object');
    if (objects.length === 0) return [prefix];
    return [...new Set(objects.flatMap((item) => pathsOfValue(item, opaque, `${prefix}[]`)))];
  }
  return Object.entries(value).flatMap(([key, inner]) => pathsOfValue(inner, opaque, join(prefix, key)));
}

function hasFields(schema: Json): boolean {
  return 'properties' in schema;
}

function join(prefix: string, key: string): string {
  return prefix === '' ? key : `${prefix}.${key}`;
}
