import type { FastifyInstance } from 'fastify';
import type { Config } from '../../config.ts';
import { ALONE, ALSO_HEAD } from '../plumbing/headers.ts';
import { html, type Markup } from './html.ts';
import { preferredLanguage, type PageLanguage } from './language.ts';
import { sendIcon } from './hosted-page.ts';

export const START_PAGE_CSP = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";

const PAGE_CSS = `:root { color-scheme: light dark; --muted: #4b5563; --line: #d1d5db; --accent: #1d4ed8; --test: #92400e; }
@media (prefers-color-scheme: dark) { :root { --muted: #a8b0bd; --line: #3a414b; --accent: #8ab4ff; --test: #fbbf24; } }
body { margin: 0 auto; max-width: 560px; padding: clamp(32px, 12vh, 120px) 20px 40px; font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 8px; font-size: 24px; line-height: 1.25; overflow-wrap: anywhere; }
p { margin: 0 0 16px; color: var(--muted); }
.mode { padding: 12px 16px; border: 1px solid var(--line); border-radius: 12px; }
.test { color: var(--test); font-weight: 600; }
a { color: var(--accent); }
a { display: inline-block; padding: 10px 0; }
`;

const TEXTS = {
  ru: {
    what: 'Это сервер приёма платежей sbp-checkout. Страница оплаты открывается по ссылке из магазина.',
    test: 'Тестовый режим: деньги не списываются.',
    real: 'Рабочий режим: платежи настоящие.',
    docs: 'Описание API для разработчиков',
  },
  en: {
    what: 'This is an sbp-checkout payment server. A payment page is opened by a link from the shop.',
    test: 'Test mode: no money moves.',
    real: 'Live mode: payments are real.',
    docs: 'API reference for developers',
  },
} satisfies Record<PageLanguage, object>;

/**
 * Returns the base path of our addresses in payers' browsers. Relative links do not work on the start page: it may be
 * requested without the slash at its end.
 */
export function basePathOf(publicUrl: string): string {
  return new URL(publicUrl).pathname.replace(/\/+$/, '');
}

/** Returns `/`: what this server is, whether it takes real money, and where its documentation is. */
export function startPage({
  publicUrl,
  merchantName,
  test,
}: Pick<Config, 'publicUrl' | 'merchantName' | 'test'>) {
  const base = basePathOf(publicUrl);
  const headers = {
    ...ALONE,
    'content-security-policy': START_PAGE_CSP,
    'cache-control': 'no-cache',
    vary: 'accept-language',
  };
  return (app: FastifyInstance, _options: unknown, done: () => void): void => {
    app.get('/', ALSO_HEAD, (request, reply) => {
      const language = preferredLanguage(request.headers['accept-language']);
      return reply.headers(headers).type('text/html; charset=utf-8').send(page(language));
    });
    app.get('/start.css', ALSO_HEAD, (_request, reply) =>
      reply.header('cache-control', 'public, max-age=300').type('text/css; charset=utf-8').send(PAGE_CSS),
    );
    // Browsers that ignore an SVG icon in `<link>` request this address.
    app.get('/favicon.ico', ALSO_HEAD, sendIcon);
    done();
  };

  function page(language: PageLanguage): string {
    const texts = TEXTS[language];
    return plainPage(base, {
      language,
      title: `${merchantName} · sbp-checkout`,
      body: html`<h1>${merchantName}</h1>
        <p>${texts.what}</p>
        <p class="mode">${test ? html`<span class="test">${texts.test}</span>` : texts.real}</p>
        <a href="${base}/docs">${texts.docs}</a>`,
    });
  }
}

interface PlainPage {
  readonly language: PageLanguage;
  readonly title: string;
  readonly body: Markup;
}

/** Returns a page with the start page's styles. `base` is the base path of our addresses. */
export function plainPage(base: string, { language, title, body }: PlainPage): string {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="stylesheet" href="${base}/start.css" />
      </head>
      <body>
        ${body}
      </body>
    </html>`.toString();
}
