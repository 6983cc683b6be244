const MAX_CHARS = 300;
/** Deeper chains of causes are not made by anyone; a circular one would be endless. */
const MAX_DEPTH = 5;
/** The message that fetch gives every failure; the cause holds the reason. */
const SAYS_NOTHING = 'fetch failed';

/**
 * Why an outgoing call failed, in one line for a log: `connect ECONNREFUSED 127.0.0.1:9`,
 * `certificate has expired (CERT_HAS_EXPIRED)`. Looks behind "fetch failed", whose cause is the reason, and into what
 * several addresses of one name have answered.
 */
export function failureReason(error: unknown): string {
  const chain = causesOf(error);
  const messages = chain.map(({ message }) => message).filter((message) => message !== SAYS_NOTHING);
  const text =
    unique(messages)
      .filter((message) => message !== '')
      .join(': ') || String(error);
  const code = chain
    .map((one) => (one as { code?: unknown }).code)
    .findLast((value) => typeof value === 'string');
  const telling = code === undefined || text.includes(code) ? text : `${text} (${code})`;
  return telling
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_CHARS);
}

function causesOf(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let at = error; at instanceof Error && chain.length < MAX_DEPTH; at = behind(at)) chain.push(at);
  return chain;
}

/** Of an AggregateError (each address of a name was tried), the first one's. */
function behind(error: Error): unknown {
  return error.cause ?? (error instanceof AggregateError ? error.errors[0] : undefined);
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
