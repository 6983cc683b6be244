const MAX_CHARS = 300;
/** Real chains of causes are shorter; a circular one would be endless. */
const MAX_DEPTH = 5;
/** The message of every failed fetch. Its cause holds the reason. */
const SAYS_NOTHING = 'fetch failed';

/**
 * Returns the reason why an outgoing call failed, as one line for a log: `connect ECONNREFUSED 127.0.0.1:9`,
 * `certificate has expired (CERT_HAS_EXPIRED)`. Reads the causes of "fetch failed", and the errors of each address of a
 * name.
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

/** Returns the cause. For an AggregateError, with an error for each address of a name, returns the first error. */
function behind(error: Error): unknown {
  return error.cause ?? (error instanceof AggregateError ? error.errors[0] : undefined);
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
