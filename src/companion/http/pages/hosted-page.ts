import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ALONE, ALSO_HEAD } from '../plumbing/headers.ts';
import { html, type Markup } from './html.ts';
import { preferredLanguage, type PageLanguage } from './language.ts';
import { withTrailingSlash } from '../plumbing/trailing-slash.ts';
import { HOSTED_PAGE_CSS } from './hosted-page.css.ts';

/**
 * Returns the page's Content-Security-Policy. A form may be submitted to any payment system over https, in development also
 * to a simulator on plain http. The nonce allows the element's styles in browsers without constructable style sheets
 * (Safari before 16.4).
 */
function pageCsp(development: boolean, nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self'",
    // Opens the page outside an app's browser. If that fails, the app shows its error page inside the frame.
    'frame-src intent:',
    "base-uri 'none'",
    `form-action https:${development ? ' http:' : ''}`,
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types lit-html 'allow-duplicates'",
  ].join('; ');
}

const TITLES = { ru: 'Оплата', en: 'Payment' } satisfies Record<PageLanguage, string>;

const NOSCRIPT = {
  ru: 'Чтобы оплатить, включите JavaScript в настройках браузера или откройте эту ссылку в другом браузере.',
  en: 'To pay, turn on JavaScript in your browser’s settings or open this link in another browser.',
} satisfies Record<PageLanguage, string>;

/** The icon of the browser's tab, without any brand. */
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="6" fill="#1d4ed8"/>' +
  '<path d="M9 18.5v-13h4.2a3.6 3.6 0 0 1 0 7.2H7M7 15.6h6.5" fill="none" stroke="#fff" stroke-width="2"/></svg>';

/**
 * Returns `/pay#<token>`: a whole page with the element. Browsers do not send the fragment, so the server never gets the
 * token.
 *
 * Messengers and gateways damage links. `/pay/#…` is the same page. A request for `/pay%23…` has sent the token to the
 * server: the response is the page with status 400, and the page first moves the token behind a `#`.
 */
export function hostedPages(development: boolean) {
  const send = sendHostedPage(development);
  return (app: FastifyInstance, _options: unknown, done: () => void): void => {
    for (const path of withTrailingSlash(app, '/pay')) {
      app.get(path, ALSO_HEAD, (request, reply) => send(request, reply, app.prefix));
    }
    app.get('/pay:damaged(^#.*)', ALSO_HEAD, (request, reply) => send(request, reply.code(400), app.prefix));
    app.get('/pay.css', ALSO_HEAD, (_request, reply) =>
      reply
        .header('cache-control', 'public, max-age=300')
        .type('text/css; charset=utf-8')
        .send(HOSTED_PAGE_CSS),
    );
    app.get('/pay.svg', ALSO_HEAD, sendIcon);
    done();
  };
}

/** Sends the icon of the hosted page. */
export function sendIcon(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'public, max-age=86400').type('image/svg+xml').send(ICON);
}

/** Returns the function that sends the hosted page with the reply's status. `prefix` is our routes' prefix in a host server. */
export function sendHostedPage(development: boolean) {
  return (request: FastifyRequest, reply: FastifyReply, prefix = ''): FastifyReply => {
    const nonce = randomBytes(16).toString('base64url');
    const language = preferredLanguage(request.headers['accept-language']);
    return reply
      .headers({
        ...ALONE,
        'content-security-policy': pageCsp(development, nonce),
        'cache-control': 'no-cache',
        vary: 'accept-language',
      })
      .type('text/html; charset=utf-8')
      .send(hostedPage(language, rootOf(request.url, prefix), nonce));
  };
}

/** Returns the relative path from the page to the folder of its files: one `../` for each slash behind `/pay`. */
function rootOf(url: string, prefix: string): string {
  const path = url.split('?', 1)[0]!.slice(`${prefix}/pay`.length);
  return '../'.repeat(path.split('/').length - 1);
}

/**
 * Returns the page's markup. The order of the scripts matters: `pay.js` runs after the element's script, also when that
 * script failed. It creates the element, or copies the template if the element is not defined. Browsers without modules
 * run only the `nomodule` script. A script in a template runs only as a copy, and Trusted Types allow the copy.
 */
function hostedPage(language: PageLanguage, root: string, nonce: string): string {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="robots" content="noindex" />
        <title>${TITLES[language]}</title>
        <link rel="stylesheet" href="${root}pay.css" nonce="${nonce}" />
        <link rel="icon" type="image/svg+xml" href="${root}pay.svg" />
        <script type="module" src="${root}sbp-checkout.js"></script>
        <script type="module" src="${root}pay.js"></script>
        <script nomodule defer src="${root}pay.legacy.js"></script>
      </head>
      <body>
        <template><script src="${root}pay.legacy.js"></script></template>
        <noscript
          >${(['ru', 'en'] as const).map((each): Markup => html`<p lang="${each}">${NOSCRIPT[each]}</p>`)}</noscript
        >
      </body>
    </html> `.toString();
}
