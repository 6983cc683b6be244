import { tokensIn } from '../../protocol/payment-token.ts';

/**
 * Returns the payment token in a part of the hosted page's address; an empty string when there is none. Mail programs,
 * messengers and trackers append text to a link (`&tgWebAppData=…`, `#_=_`, a bracket, a zero-width space), so the token
 * is recognized by its format.
 *
 * All code of this folder runs in browsers without modules: use ES5 built-ins only.
 */
function readToken(text: string): string {
  return tokensIn(text)[0] || '';
}

/** Returns the address of the companion, which serves the page's files: `https://shop.ru/pay-api/`. */
export function pageFolder(): string {
  const sheet = document.querySelector<HTMLLinkElement>('link[rel=stylesheet]')!;
  return sheet.href.replace(/pay\.css.*$/, '');
}

/**
 * Returns the token of this page. A link with an encoded `#` (`/pay%23…`) has the token in its path: the token moves into
 * the fragment before the first request.
 */
export function tokenOfPage(): string {
  const damaged = readToken(location.hash) ? '' : readToken(location.pathname);
  if (damaged) history.replaceState(null, '', `${pageFolder()}pay#${damaged}`);
  return damaged || readToken(location.hash);
}
