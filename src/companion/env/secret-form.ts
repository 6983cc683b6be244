/** The most characters that a call may send behind `Bearer`; see http/auth.ts. */
const MAX_SECRET_CHARS = 512;
/** A predicate of its variable. Shells, systemd and Compose take quotes off; `docker run --env-file` does not. */
export const IN_QUOTES =
  'is in quotes, which would be a part of it: remove them ("docker run --env-file" keeps quotes)';
const QUOTED = /^(["'`]).*\1$|^[«“”„‘’].*[»“”‘’]$/s;

/**
 * Why a secret can never match what others send, as a predicate of its variable; `null` when it can. Compared are bytes, and
 * what is no printable ASCII without spaces arrives in no header as it was written.
 */
export function formObjection(secret: string): string | null {
  if (QUOTED.test(secret)) return IN_QUOTES;
  if (/[\r\n]/.test(secret)) return 'has several lines: keep one secret, on one line';
  if (/[\t ]/.test(secret)) return 'has a space in it: write several secrets with commas between them';
  if (!/^[\x21-\x7e]*$/.test(secret)) {
    return 'has characters that are not printable ASCII: take letters, digits, - and _';
  }
  if (secret.length > MAX_SECRET_CHARS)
    return `is longer than ${MAX_SECRET_CHARS} characters, which no call can send`;
  return null;
}

/**
 * Each pair of variables that hold the same secret. They open different doors: a shop that only verifies webhooks could forge
 * payment tokens with it, or call the API.
 */
export function sharedSecrets(secrets: Readonly<Record<string, readonly string[]>>): string[] {
  const names = Object.keys(secrets);
  return names.flatMap((one, index) =>
    names
      .slice(index + 1)
      .filter((other) => secrets[one]!.some((secret) => secrets[other]!.includes(secret)))
      .map(
        (other) =>
          `${one} and ${other} hold the same secret: whoever is given one of them has both. ` +
          'Make one for each ("sbp-checkout keys" prints three)',
      ),
  );
}
