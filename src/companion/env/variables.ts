import * as v from 'valibot';
import type { Env } from './env.ts';
import { readSettingFile } from './setting-file.ts';

/** A valibot object of settings, alone or at the start of a pipe. Each entry has the name of its variable as title. */
export type SettingsSchema = v.GenericSchema & { readonly entries: v.ObjectEntries };

export interface SettingsReading<Settings> {
  /** `null` when there are mistakes. */
  readonly settings: Settings | null;
  /** The settings without a mistake. */
  readonly valid: Partial<Settings>;
  readonly mistakes: readonly string[];
  /** True if any of the variables is set. */
  readonly isAnySet: boolean;
}

/** Reads the settings of a schema from the environment. Collects all mistakes instead of throwing the first. */
export function readSettings<S extends SettingsSchema>(
  schema: S,
  env: Env,
): SettingsReading<v.InferOutput<S>> {
  const mistakes: string[] = [];
  const faulty = new Set<string>();
  const texts: Record<string, string | null> = {};
  for (const [key, entry] of Object.entries(schema.entries)) {
    const { text, fault } = readVariable(v.getTitle(entry)!, env);
    texts[key] = text;
    if (fault === null) continue;
    mistakes.push(fault);
    faulty.add(key);
  }
  const { issues = [], output } = v.safeParse(schema, texts);
  const values = output as Readonly<Record<string, unknown>> | null;
  for (const { path, message } of issues) {
    const key = path?.[0].key as string | undefined;
    const name = key === undefined ? '' : v.getTitle(schema.entries[key]!)!;
    if (key === undefined) mistakes.push(message);
    else if (texts[key] !== null)
      mistakes.push(message.startsWith(':') ? name + message : `${name} ${message}`);
    // A fault of the file is reported above.
    else if (!faulty.has(key)) mistakes.push(`${name} ${message} (or ${name}_FILE)`);
    if (key !== undefined) faulty.add(key);
  }
  const valid = Object.entries(values ?? {}).filter(([key]) => !faulty.has(key));
  return {
    settings: mistakes.length === 0 ? output : null,
    valid: Object.fromEntries(valid) as SettingsReading<v.InferOutput<S>>['valid'],
    mistakes: [...new Set(mistakes)],
    isAnySet: variableNames(schema).some((name) => isSet(env[name])),
  };
}

/** Returns the names of the variables that a schema reads, each with its `…_FILE` variant. */
export function variableNames({ entries }: Pick<SettingsSchema, 'entries'>): string[] {
  return Object.values(entries).flatMap((entry) => [v.getTitle(entry)!, `${v.getTitle(entry)!}_FILE`]);
}

/**
 * Returns the trimmed text of a variable or of the file that `…_FILE` names. The text is `null` when it is unset, blank or holds
 * only commas; `fault` is `null` when it could be read.
 */
export function readVariable(name: string, env: Env): { text: string | null; fault: string | null } {
  const file = env[`${name}_FILE`];
  if (file && env[name]) return { text: null, fault: `${name} and ${name}_FILE are both set: keep one` };
  const read = file ? readSettingFile(file) : { text: env[name] };
  if ('fault' in read) return { text: null, fault: `${name}_FILE ${read.fault}` };
  return { text: isSet(read.text) ? read.text!.trim() : null, fault: null };
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && /[^\s,]/.test(text);
}
