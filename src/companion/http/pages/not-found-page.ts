import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';
import { ALONE } from '../plumbing/headers.ts';
import { html } from './html.ts';
import { preferredLanguage, type PageLanguage } from './language.ts';
import { sendHostedPage } from './hosted-page.ts';
import { basePathOf, plainPage, START_PAGE_CSP } from './start-page.ts';

/** Addresses that only programs request. */
const OF_PROGRAMS = /^\/(?:api|checkout|webhooks|pinned|chunks)(?:\/|$)/;

/** The hosted page's address with a damaged end, such as `/pay/…` or `/pay%23…`, but no longer name such as `/payments`. */
const OF_HOSTED_PAGE = /^\/pay(?=[/%?]|$)/;

const TEXTS = {
  ru: {
    title: 'Такой страницы здесь нет',
    advice: 'Чтобы оплатить заказ, откройте ссылку на оплату из магазина ещё раз.',
  },
  en: {
    title: 'There is no such page here',
    advice: 'To pay for an order, open the payment link from the shop again.',
  },
} satisfies Record<PageLanguage, object>;

/**
 * Returns the function that sends a page to a person's browser, which accepts `text/html`. It returns `null` for
 * programs, which get a problem document. Below the hosted page's address it sends the hosted page, which finds the token
 * in a damaged link, or says that there is none.
 */
export function notFoundPage({ publicUrl, development }: Pick<Config, 'publicUrl' | 'development'>) {
  const base = basePathOf(publicUrl);
  const hosted = sendHostedPage(development);
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply | null => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const isPerson = isRead && (request.headers.accept ?? '').includes('text/html');
    if (!isPerson || OF_PROGRAMS.test(request.url)) return null;
    if (OF_HOSTED_PAGE.test(request.url)) return hosted(request, reply);
    const language = preferredLanguage(request.headers['accept-language']);
    return reply
      .headers({
        ...ALONE,
        'content-security-policy': START_PAGE_CSP,
        'cache-control': 'no-store',
        vary: 'accept, accept-language',
      })
      .type('text/html; charset=utf-8')
      .send(page(language));
  };

  function page(language: PageLanguage): string {
    const { title, advice } = TEXTS[language];
    return plainPage(base, {
      language,
      title,
      body: html`<h1>${title}</h1>
        <p>${advice}</p>`,
    });
  }
}
