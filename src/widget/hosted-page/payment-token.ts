import { tokensIn } from '../../protocol/payment-token.ts';

/**
 * The payment token in the hosted page's address. Mail programs, messengers and trackers put things behind a link
 * (`&tgWebAppData=…`, `#_=_`, a bracket, a zero-width space): the token's own shape tells it from them. Empty when there
 * is none.
 *
 * Runs in browsers without modules, as all of this folder does: ES5 built-ins only.
 */
function readToken(text: string): string {
  return tokensIn(text)[0] || '';
}

/** The folder of the page's files, which is the companion's address: `https://shop.ru/pay-api/`. */
export function pageFolder(): string {
  const sheet = document.querySelector<HTMLLinkElement>('link[rel=stylesheet]')!;
  return sheet.href.replace(/pay\.css.*$/, '');
}

/**
 * The token of this page. A link whose `#` was encoded on its way (`/pay%23…`) has it in the path: it moves into the
 * fragment before anything is asked for.
 */
export function tokenOfPage(): string {
  const damaged = readToken(location.hash) ? '' : readToken(location.pathname);
  if (damaged) history.replaceState(null, '', `${pageFolder()}pay#${damaged}`);
  return damaged || readToken(location.hash);
}
