import type { IncomingHttpHeaders } from 'node:http';
import { Agent, Pool, ProxyAgent, request, type Dispatcher } from 'undici';
import { AddressGuard, type GuardOptions } from './address-guard.ts';
import { NO_PROXIES, proxyFor, type ProxySettings } from './proxies.ts';
import { reportSending } from './report-sending.ts';

export interface OutboundCall {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** From the call to the last byte of the response, ms. */
  readonly timeoutMs: number;
  /** Maximum size of the response body. A larger body is not read to its end. */
  readonly maxBytes: number;
  /** Aborts when the caller goes away. */
  readonly signal?: AbortSignal;
  /**
   * Opens a new connection for this call. A kept-alive connection may be dead without anyone noticing, and a call that
   * must not be repeated would be lost on it. Defaults to `false`.
   */
  readonly freshConnection?: boolean;
  /**
   * Called when the connection is open and the request is about to be written. If it was not called, the server has
   * received nothing.
   */
  readonly onSend?: () => void;
}

/** Our client certificate and the authority that we trust. PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
  /** The authority that signed the server's certificate; `null` for a public one. */
  readonly ca: string | null;
}

export interface OutboundResponse {
  /** Includes 3xx: redirects are never followed. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** `null` when the body was larger than `maxBytes`. */
  readonly body: Buffer | null;
}

/** Resolving the name and the handshake. The call's own timeout covers the rest. */
const CONNECT_TIMEOUT_MS = 5_000;
/** An idle connection keeps the address it was opened to, so it is closed soon. */
const KEEP_ALIVE_MS = 4_000;

export interface OutboundOptions extends GuardOptions {
  /** The proxies from the environment. Defaults to none. */
  readonly proxies?: ProxySettings;
  /**
   * True if calls to merchants' addresses use the proxies as well (`SBP_CALLBACK_PROXY=on`). The proxy then resolves
   * their names, and must itself keep calls out of our own network. Defaults to `false`.
   */
  readonly proxyForAll?: boolean;
}

/**
 * The one client for outgoing calls; limits their time, size and addresses. An address from a merchant or a response
 * must be a public server (see {@link AddressGuard}) and is called without a proxy. Addresses from the configuration
 * are called with {@link configured}. Redirects are never followed: see download.ts for files.
 */
export class OutboundClient {
  readonly guard: AddressGuard;
  readonly #options: OutboundOptions;
  readonly #identity: TlsIdentity | null;
  /** Kept-alive dispatchers. The key says if the address is exempt, and names the proxy. */
  readonly #keptAlive = new Map<string, Dispatcher>();
  /** The dispatchers of calls in progress on a new connection. */
  readonly #fresh = new Set<Dispatcher>();
  readonly #children: OutboundClient[] = [];

  constructor(options: OutboundOptions, identity: TlsIdentity | null = null) {
    this.#options = options;
    this.#identity = identity;
    this.guard = new AddressGuard(options);
  }

  /**
   * Returns the response. Rejects without a complete one: with {@link ForbiddenAddress} for an address that the guard
   * refuses, and with the error of undici, Node or the signal for a server that is unreachable, too slow, or closes the
   * connection early.
   */
  async call(call: OutboundCall): Promise<OutboundResponse> {
    // Sockets do not resolve literal addresses, so the guard's lookup never sees those.
    this.guard.check(call.url);
    const url = new URL(call.url);
    if (call.freshConnection !== true) return this.#send(call, this.#dispatcherFor(url));
    const dispatcher = this.#open(url);
    this.#fresh.add(dispatcher);
    try {
      return await this.#send(call, dispatcher);
    } finally {
      this.#fresh.delete(dispatcher);
      await dispatcher.destroy();
    }
  }

  /**
   * Returns a client for addresses from the configuration. Only their origins may be inside our own network, and they
   * are called through the environment's proxies. {@link close} closes it as well. `identity`: our client certificate.
   */
  configured(addresses: readonly string[], identity: TlsIdentity | null = null): OutboundClient {
    const own = { configured: addresses, allowedHosts: [], proxyForAll: false };
    const client = new OutboundClient({ ...this.#options, ...own }, identity);
    this.#children.push(client);
    return client;
  }

  /** Closes all connections and aborts the calls in progress. */
  async close(): Promise<void> {
    const dispatchers = [...this.#keptAlive.values(), ...this.#fresh];
    await Promise.all([
      ...dispatchers.map((dispatcher) => dispatcher.destroy()),
      ...this.#children.map((client) => client.close()),
    ]);
  }

  #send(call: OutboundCall, kept: Dispatcher): Promise<OutboundResponse> {
    const deadline = AbortSignal.timeout(call.timeoutMs);
    const signal = call.signal ? AbortSignal.any([call.signal, deadline]) : deadline;
    const dispatcher = call.onSend ? reportSending(kept, call.onSend) : kept;
    return beforeAbort(signal, readResponse(call, dispatcher, signal));
  }

  #dispatcherFor(url: URL): Dispatcher {
    const key = `${this.guard.isExempt(url)} ${this.#proxyFor(url)}`;
    const kept = this.#keptAlive.get(key) ?? this.#open(url);
    this.#keptAlive.set(key, kept);
    return kept;
  }

  #proxyFor(url: URL): string | null {
    const { proxies = NO_PROXIES, proxyForAll = false } = this.#options;
    return proxyForAll || this.guard.isConfigured(url) ? proxyFor(url, proxies) : null;
  }

  #open(url: URL): Dispatcher {
    const tls = {
      timeout: CONNECT_TIMEOUT_MS,
      minVersion: 'TLSv1.2' as const,
      ...(this.#identity && { cert: this.#identity.cert, key: this.#identity.key }),
      ...(this.#identity?.ca && { ca: this.#identity.ca }),
    };
    const keeping = { keepAliveTimeout: KEEP_ALIVE_MS, keepAliveMaxTimeout: KEEP_ALIVE_MS };
    const proxy = this.#proxyFor(url);
    if (proxy !== null) return openProxied(proxy, tls, keeping);
    return new Agent({
      ...keeping,
      connect: { ...tls, lookup: this.guard.lookupFor(this.guard.isExempt(url)) },
    });
  }
}

/** Every call uses a tunnel (CONNECT), also over plain http: the proxy sees only the host. */
function openProxied(uri: string, tls: object, keeping: object): Dispatcher {
  return new ProxyAgent({
    ...keeping,
    uri,
    requestTls: tls,
    proxyTls: { timeout: CONNECT_TIMEOUT_MS, minVersion: 'TLSv1.2' },
    // Without this, a proxy that does not answer a CONNECT would hold its connection for undici's default of five
    // minutes.
    clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: CONNECT_TIMEOUT_MS }),
  });
}

async function readResponse(
  { url, method, headers = {}, body, maxBytes, freshConnection = false }: OutboundCall,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<OutboundResponse> {
  const response = await request(url, {
    dispatcher,
    method,
    headers: { 'user-agent': 'sbp-checkout', ...headers },
    ...(body === undefined ? {} : { body }),
    // Sends `Connection: close`: the connection is not used again.
    reset: freshConnection,
    signal,
  });
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop destroys the stream and its connection, so that a huge response is not downloaded to its end.
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > maxBytes) break;
    chunks.push(chunk);
  }
  return {
    status: response.statusCode,
    headers: response.headers,
    body: size > maxBytes ? null : Buffer.concat(chunks),
  };
}

/** undici ignores an abort until it has a connection; this returns to the caller at once. */
async function beforeAbort<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let aborted: (() => void) | undefined;
  const abort = new Promise<never>((_resolve, reject) => {
    aborted = () => reject(signal.reason as Error);
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) aborted();
  });
  try {
    return await Promise.race([work, abort]);
  } finally {
    signal.removeEventListener('abort', aborted!);
    work.catch(() => undefined);
  }
}
