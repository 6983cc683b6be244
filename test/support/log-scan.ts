import assert from 'node:assert/strict';

/** Data that no log line and no address may contain, each kind with its pattern. */
const KINDS: readonly (readonly [kind: string, look: RegExp])[] = [
  ['a payment token', /pay_[\w-]{20}\.[\w-]{43}/],
  ['credentials', /\b(?:bearer|basic) [\w.~+/=-]{8,}/i],
  ['an e-mail address', /[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/i],
  // Not inside an id or a hash, which may contain such digits by chance.
  ['a phone number', /(?<![\w.-])(?:\+?7|8)[ (-]{0,2}9\d\d[ )-]{0,2}\d{3}[ -]?\d\d[ -]?\d\d(?![\da-f-])/],
  // Addresses reserved for documentation. In these tests they are customers' addresses.
  ['a customer’s address', /\b203\.0\.113\.\d{1,3}\b/],
];

/** Returns each leak in the text, with its line. */
export function findLeaks(text: string, secrets: readonly string[]): string[] {
  return text.split('\n').flatMap((line) => {
    const kinds = KINDS.filter(([, look]) => look.test(line)).map(([kind]) => kind);
    if (secrets.some((secret) => line.includes(secret))) kinds.push('a secret of the configuration');
    return kinds.map((kind) => `${kind}: ${line}`);
  });
}

/**
 * Fails if the text contains a leak. Every test companion calls this at its end, so that each test also checks its
 * logs.
 */
export function assertNoLeaks(text: string, secrets: readonly string[]): void {
  const leaks = findLeaks(text, secrets);
  assert.ok(leaks.length === 0, `what was logged holds ${leaks.slice(0, 5).join('\n')}`);
}
