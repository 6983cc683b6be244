/** The limit of an `Authorization` header; see http/plumbing/auth.ts. */
const MAX_SECRET_CHARS = 512;
/** Less than 128 bits of randomness can be guessed. */
const MIN_SECRET_CHARS = 16;
const DEFAULT_SECRETS = /^(change-?me|secret|password|default|example|test|your[-_ ].*|x+|\*+)\W*$/i;
export const SECRET_IS_REQUIRED =
  `at least ${MIN_SECRET_CHARS} random characters; "sbp-checkout keys" prints one for each secret, ` +
  'and for a trial NODE_ENV=development generates one';

/** Shells, systemd and Compose remove quotes; `docker run --env-file` does not. */
export const IN_QUOTES =
  'is in quotes, which would become part of the value: remove them ("docker run --env-file" keeps quotes)';
const QUOTED = /^(["'`]).*\1$|^[«“”„‘’].*[»“”‘’]$/s;

/**
 * Returns why a secret can never match the one that others send; `null` when it can. Only printable ASCII without spaces
 * passes through a header unchanged.
 */
export function secretFault(secret: string): string | null {
  if (QUOTED.test(secret)) return IN_QUOTES;
  if (/[\r\n]/.test(secret)) return 'has several lines: keep one secret, on one line';
  if (/[\t ]/.test(secret)) return 'has a space in it: separate several secrets by commas';
  if (!/^[\x21-\x7e]*$/.test(secret)) {
    return 'has characters that are not printable ASCII: use letters, digits, - and _';
  }
  if (secret.length > MAX_SECRET_CHARS)
    return `is longer than ${MAX_SECRET_CHARS} characters, which no call can send`;
  return null;
}

/** Returns why others could guess a secret; `null` for a good one. */
export function strengthFault(secret: string): string | null {
  if (DEFAULT_SECRETS.test(secret)) return 'is a well-known default: choose a random one';
  if (secret.length >= MIN_SECRET_CHARS) return null;
  return `is too short: at least ${MIN_SECRET_CHARS} random characters`;
}

/**
 * Returns a mistake for each pair of variables that hold the same secret. With a shared one, a shop that only verifies
 * webhooks could forge payment tokens or call the API.
 */
export function findReusedSecrets(secrets: Readonly<Record<string, readonly string[]>>): string[] {
  const names = Object.keys(secrets);
  return names.flatMap((one, index) =>
    names
      .slice(index + 1)
      .filter((other) => secrets[one]!.some((secret) => secrets[other]!.includes(secret)))
      .map(
        (other) =>
          `${one} and ${other} hold the same secret: anyone who knows one of them knows both. ` +
          'Use a different one for each ("sbp-checkout keys" prints three)',
      ),
  );
}
