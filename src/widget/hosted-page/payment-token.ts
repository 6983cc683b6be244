/**
 * The payment token in the hosted page's address. Mail programs, messengers and trackers put things behind a link
 * (`&tgWebAppData=…`, `#_=_`, a bracket, a zero-width space) and encode what stands in it (`%2E`, once or more): the
 * token's own alphabet tells it from them. Empty when there is none.
 *
 * Runs in browsers without modules, as all of this folder does: ES5 built-ins only.
 */
export function readToken(text: string): string {
  const plain = text.replace(/%(?:25)*([0-9a-f]{2})/gi, (_whole, code: string) =>
    String.fromCharCode(parseInt(code, 16)),
  );
  const found = /[\w-]{1,32}\.[\w-]{43}/.exec(plain);
  return found ? found[0] : '';
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
