import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { CreateRequest, ProviderPayment } from '../../src/companion/providers/provider.ts';
import { html } from '../../src/companion/http/pages/html.ts';
import { ScriptedProvider } from './scripted-provider.ts';

/** A payment system that payers reach only by a posted form. Its page has its own server. */
export class FormProvider extends ScriptedProvider {
  /** The forms that payers have posted, oldest first. */
  readonly posted: { method: string; contentType: string; fields: [string, string][] }[] = [];
  /** True if its page may be framed. */
  iframe = false;
  readonly #server: Server;
  readonly #returnTo = new Map<string, string>();

  private constructor(server: Server) {
    super();
    this.#server = server;
  }

  static async open(): Promise<FormProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const provider = new FormProvider(server);
    server.on('request', (request, response) => void provider.#answer(request, response));
    return provider;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  override async create(request: CreateRequest): Promise<ProviderPayment> {
    const payment = await super.create(request);
    this.#returnTo.set(request.reference, request.returnUrl ?? request.hostedPage);
    const fields = [
      { type: 'hidden', name: 'uid', value: request.reference },
      { type: 'hidden', name: 'submit', value: '"><b>Ромашка</b>' },
    ];
    return {
      ...payment,
      qrId: null,
      presentation: {
        kind: 'form',
        action: `${this.origin}/pay`,
        http_method: 'POST',
        fields,
        iframe: this.iframe,
      },
    };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const fields = new URLSearchParams(body);
    const uid = fields.get('uid') ?? '';
    if (request.url === '/confirm') {
      this.created.get(uid)!.status = 'paid';
      response.writeHead(303, { location: this.#returnTo.get(uid)! }).end();
      return;
    }
    const contentType = request.headers['content-type'] ?? '';
    if (request.url === '/pay') {
      this.posted.push({ method: request.method ?? '', contentType, fields: [...fields] });
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(
      String(
        html`<!doctype html>
          <title>Страница банка</title>
          <form method="post" action="/confirm">
            <input type="hidden" name="uid" value="${uid}" /><button>Подтвердить</button>
          </form>`,
      ),
    );
  }
}
