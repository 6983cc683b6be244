import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PLATFORMS, type Platform } from '../../src/protocol/banks.ts';

export type Member = Readonly<Record<string, unknown>>;

export interface WidgetCall {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** The status of the response. */
  readonly status: number;
}

const TYPES = ['qr', 'sub', 'b2b'];

/**
 * Returns as many banks as the real list has. The links depend on the platform: app schemes, and a web address for
 * every tenth bank.
 */
export function makeMembers(platform: Platform, version: 1 | 2, size = 200): Member[] {
  return Array.from({ length: size }, (_, index) => {
    const id = `1000000${String(index).padStart(5, '0')}`;
    const web = `https://bank${index}.example/${platform}/{QRC_ID}{QUERY_STRING}`;
    const url = index % 10 === 9 ? web : `bank${id}://qr.nspk.ru/{QRC_ID}{QUERY_STRING}`;
    const logo = `https://qr.nspk.ru/proxyapp/logo/bank${id}.png`;
    return { ...(version === 2 ? { id } : {}), name: `Банк ${index}`, logo, url };
  });
}

/** NSPK's widget API, v1 and v2. Checks headers as strictly as its description, so a mistake of ours gets 400. */
export class NspkWidget {
  readonly calls: WidgetCall[] = [];
  /** Returns the listed banks. A test may return any value. */
  members: (platform: Platform, version: 1 | 2) => unknown = makeMembers;
  /** The status of all responses during an outage; `null` without one. */
  outage: number | null = null;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<NspkWidget> {
    const server = createServer();
    const widget = new NspkWidget(server);
    server.on('request', (request: IncomingMessage, response) => {
      const { status, body } = widget.#answer(request);
      widget.calls.push({ path: request.url ?? '', headers: request.headers, status });
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return widget;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer({ method, url = '', headers }: IncomingMessage): { status: number; body: unknown } {
    const refuse = (status: number, message: string) => ({ status, body: { message } });
    if (this.outage !== null) return refuse(this.outage, 'Сервис временно недоступен');
    const [, path, type] = /^(\/v1\/members|\/v2\/sbp\/members)(?:\/([^/?]+))?$/.exec(url) ?? [];
    if (method !== 'GET' || path === undefined) return refuse(404, 'Not found');
    const version = path.startsWith('/v1') ? 1 : 2;
    const client = headers[version === 1 ? 'x-client' : 'x-client-id'];
    const platform = PLATFORMS.find((known) => known === headers['x-platform']);
    if (typeof client !== 'string' || !(version === 1 ? /^.{2,64}$/ : /^.{12}$/).test(client)) {
      return refuse(400, `Header ${version === 1 ? 'X-CLIENT' : 'X-CLIENT-ID'} is invalid`);
    }
    if (!platform) return refuse(400, 'Header X-PLATFORM is invalid');
    if (type !== undefined && !TYPES.includes(type)) return refuse(404, `Type ${type} is unknown`);
    const payload = headers['x-payload'];
    if (type === undefined && typeof payload !== 'string') return refuse(400, 'Header X-PAYLOAD is required');
    const members = this.members(platform, version);
    return {
      status: 200,
      body: {
        ...{ version: `${version}.0`, platform, type: type ?? 'qr' },
        members: typeof payload === 'string' ? fillAll(members as Member[], payload) : members,
      },
    };
  }
}

/** Fills in the templates of the links for a payment, as the API does. */
function fillAll(members: readonly Member[], payload: string): Member[] {
  const { pathname, search } = new URL(payload);
  return members.map((member) => ({
    ...member,
    url: String(member['url']).replace('{QRC_ID}', pathname.slice(1)).replace('{QUERY_STRING}', search),
  }));
}
