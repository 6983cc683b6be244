import assert from 'node:assert/strict';

/** What no log line and no address may hold, whoever wrote it: each kind by its own look. */
const KINDS: readonly (readonly [kind: string, look: RegExp])[] = [
  ['a payment token', /pay_[\w-]{20}\.[\w-]{43}/],
  ['credentials', /\b(?:bearer|basic) [\w.~+/=-]{8,}/i],
  ['an e-mail address', /[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/i],
  // Not inside an id or a hash, where such digits stand by chance.
  ['a phone number', /(?<![\w.-])(?:\+?7|8)[ (-]{0,2}9\d\d[ )-]{0,2}\d{3}[ -]?\d\d[ -]?\d\d(?![\da-f-])/],
  // The addresses that are kept for documentation: here, customers'.
  ['a customer’s address', /\b203\.0\.113\.\d{1,3}\b/],
];

/** What leaks in this text, each with the line it stands in. */
export function findLeaks(text: string, secrets: readonly string[]): string[] {
  return text.split('\n').flatMap((line) => {
    const kinds = KINDS.filter(([, look]) => look.test(line)).map(([kind]) => kind);
    if (secrets.some((secret) => line.includes(secret))) kinds.push('a secret of the configuration');
    return kinds.map((kind) => `${kind}: ${line}`);
  });
}

/** For the end of every companion that a test has started: so that each test is a search of its logs as well. */
export function assertNoLeaks(text: string, secrets: readonly string[]): void {
  const leaks = findLeaks(text, secrets);
  assert.ok(leaks.length === 0, `what was logged holds ${leaks.slice(0, 5).join('\n')}`);
}
