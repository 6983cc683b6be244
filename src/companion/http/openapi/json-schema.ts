import { toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';

type Json = Readonly<Record<string, unknown>>;

/** Returns the JSON Schema. Checks that it cannot express (a time in the future, a public address) are in descriptions. */
export function jsonSchema(schema: GenericSchema): Json {
  return convert(schema, 'input');
}

/** Returns the JSON Schema of a query parameter. A number is described as a number, although the query holds text. */
export function querySchema(schema: GenericSchema): Json {
  const output = convert(schema, 'output');
  if (output['type'] !== 'integer') return jsonSchema(schema);
  return 'default' in output ? { ...output, default: Number(output['default']) } : output;
}

function convert(schema: GenericSchema, typeMode: 'input' | 'output'): Json {
  const json = toJsonSchema(schema, { errorMode: 'ignore', typeMode });
  // The document names its dialect once.
  return Object.fromEntries(Object.entries(json).filter(([key]) => key !== '$schema'));
}
