import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareFile, prepareFolder, type FileMode } from '../lib/file-mode.ts';
import { ConfigError } from './config-error.ts';

export const SECRET_NAMES = ['SBP_API_KEY', 'SBP_TOKEN_SECRET', 'SBP_WEBHOOK_SECRET'] as const;
export type SecretName = (typeof SECRET_NAMES)[number];

/** The file of generated secrets, in the folder of the database. */
export const DEVELOPMENT_SECRETS_FILE = 'development-secrets.json';

function readSecretsFile(file: string): Record<SecretName, string> {
  try {
    const secrets = JSON.parse(readFileSync(file, 'utf8')) as Record<SecretName, string>;
    if (SECRET_NAMES.every((name) => typeof secrets[name] === 'string')) return secrets;
  } catch {
    // Unreadable and malformed files have the same remedy, see below.
  }
  throw new ConfigError([`${file} is damaged: delete it, and new development secrets are generated`]);
}

/** Returns generated secrets for trials. They are kept beside the database, so that open payment pages survive a restart. */
export function developmentSecrets(
  directory: string,
  mode: FileMode = 'private',
): Record<SecretName, string> {
  const file = join(directory, DEVELOPMENT_SECRETS_FILE);
  if (existsSync(file)) return readSecretsFile(file);
  const secrets = Object.fromEntries(
    SECRET_NAMES.map((name) => [name, `dev_${randomBytes(24).toString('base64url')}`]),
  ) as Record<SecretName, string>;
  prepareFolder(directory, mode);
  prepareFile(file, mode);
  writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}
