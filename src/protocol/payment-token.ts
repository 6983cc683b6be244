/**
 * Returns the payment tokens in an address or a text, decoded, in their order: `pay_`, 20 characters, a point, 43
 * characters. Mail programs, messengers and gateways may encode any character of a link (`%2E`, `%2D`), even several
 * times. The hosted page opens the tokens found here, and the server redacts the same tokens. Signatures are not
 * checked.
 *
 * Runs in browsers without modules, with the hosted page: ES5 built-ins only.
 */
export function tokensIn(text: string): string[] {
  const plain = text.replace(/%(?:25)*([0-9a-f]{2})/gi, (_whole, code: string) =>
    String.fromCharCode(parseInt(code, 16)),
  );
  return plain.match(/pay_[\w-]{20}\.[\w-]{43}/g) || [];
}
