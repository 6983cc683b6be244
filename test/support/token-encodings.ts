/** How mail programs, messengers and gateways change a token in an address. Each form must still open its payment. */
export const ENCODINGS: readonly ((token: string) => string)[] = [
  function asItIs(token) {
    return token;
  },
  function pointEncoded(token) {
    return token.replace('.', '%2E');
  },
  function signsEncoded(token) {
    return token.replace(/[^A-Za-z0-9]/g, percent);
  },
  function signsEncodedTwice(token) {
    return token.replace(/[^A-Za-z0-9]/g, percent).replaceAll('%', '%25');
  },
  function allEncoded(token) {
    return token.replace(/./g, percent).toLowerCase();
  },
];

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
