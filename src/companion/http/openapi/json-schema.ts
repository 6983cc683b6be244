import { toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';

type Json = Readonly<Record<string, unknown>>;

/** Checks that JSON Schema cannot say (times lie ahead, addresses are public) are left to the descriptions. */
export function jsonSchema(schema: GenericSchema): Json {
  return convert(schema, 'input');
}

/** An address holds text only; who reads the reference wants to know the number that it stands for. */
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
