import type { FastifyInstance } from 'fastify';
import { ALONE, ALSO_HEAD } from '../headers.ts';
import { preferredLanguage, type PageLanguage } from '../language.ts';

/** Forms go to whichever payment system has sent one, in development also to a stand-in on plain http. */
function pageCsp(development: boolean): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    // Out of an app's browser, whose error page for it is to be in a frame and not here.
    'frame-src intent:',
    "base-uri 'none'",
    `form-action https:${development ? ' http:' : ''}`,
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types lit-html 'allow-duplicates'",
  ].join('; ');
}

const PAGE_CSS = `:root { color-scheme: light dark; }
body {
  margin: 0;
  min-height: 100vh;
  min-height: 100dvh;
  box-sizing: border-box;
  padding: clamp(0px, 4vw - 16px, 48px) clamp(0px, 4vw - 16px, 24px);
  display: grid;
  align-content: start;
  justify-items: center;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  background: #f3f4f6;
}
sbp-checkout { width: 100%; max-width: 760px; min-height: 420px; }
noscript { padding: 24px; }
@media (prefers-color-scheme: dark) { body { background: #0b0d10; color: #f3f4f6; } }
`;

const TEXTS = {
  ru: { title: 'Оплата', noscript: 'Для оплаты включите JavaScript в настройках браузера.' },
  en: { title: 'Payment', noscript: 'Please turn on JavaScript in your browser to pay.' },
} satisfies Record<PageLanguage, object>;

/** `/pay#<token>`: the element as a whole page. The token stays in the fragment, which no browser sends. */
export function pages(development: boolean) {
  const csp = pageCsp(development);
  return (app: FastifyInstance, _options: unknown, done: () => void): void => {
    app.get('/pay', ALSO_HEAD, (request, reply) => {
      const language = preferredLanguage(request.headers['accept-language']);
      return reply
        .headers({
          ...ALONE,
          'content-security-policy': csp,
          'cache-control': 'no-cache',
          vary: 'accept-language',
        })
        .type('text/html; charset=utf-8')
        .send(payPage(language));
    });
    app.get('/pay.css', ALSO_HEAD, (_request, reply) =>
      reply.header('cache-control', 'public, max-age=300').type('text/css; charset=utf-8').send(PAGE_CSS),
    );
    done();
  };
}

function payPage(language: PageLanguage): string {
  const { title, noscript } = TEXTS[language];
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="stylesheet" href="pay.css">
<script type="module" src="pay.js"></script>
</head>
<body>
<sbp-checkout></sbp-checkout>
<noscript>${noscript}</noscript>
</body>
</html>
`;
}
