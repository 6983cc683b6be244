import type { IncomingMessage, ServerResponse } from 'node:http';

/** A response of the fake companion. In a list, the last one is repeated. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** The body as it is sent; for a stream, its first bytes. */
  readonly body?: string;
  /** Never responds. */
  readonly hang?: boolean;
  /** Breaks the connection instead of responding; for a stream, after the body. */
  readonly drop?: boolean;
  /** Ends a stream cleanly after the body. */
  readonly end?: boolean;
  readonly delayMs?: number;
}

export interface Script {
  readonly session: Reply[];
  readonly events: Reply[];
  readonly banks: Reply[];
  /** Responses by path (`/method` …). Without one, the response for the session. */
  readonly acts?: Readonly<Record<string, Reply[]>>;
}

export interface LoggedRequest {
  readonly path: string;
  readonly url: string;
  /** The body as text; empty for a GET. */
  readonly body: string;
  readonly lastEventId: string | null;
  closed: boolean;
}

interface Payment extends Script {
  readonly log: LoggedRequest[];
  readonly streams: Set<ServerResponse>;
}

/** A request to Web Test Runner's server. */
export interface RunnerContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly path: string;
  respond?: boolean;
  status?: number;
  body?: string;
}

/**
 * A fake companion over real HTTP for Web Test Runner's server. A payment exists after a test has posted its script to
 * `/fake/control/<token>`.
 */
export function fakeCompanion(): (context: RunnerContext, next: () => Promise<void>) => Promise<void> {
  const payments = new Map<string, Payment>();
  return async (context, next) => {
    const { req, res, path } = context;
    if (!path.startsWith('/fake/')) return next();
    context.respond = false;
    context.status = 200; // with another status the runner reports the request as a missing file
    const [kind, token = ''] = path.slice('/fake/'.length).split('/');
    if (kind === 'checkout') return serve(payments, req, res, path);
    const body = await read(req);
    const payment = payments.get(token);
    if (kind === 'control') {
      const { log = [], streams = new Set<ServerResponse>() } = payment ?? {};
      payments.set(token, { ...(JSON.parse(body) as Script), log, streams });
    } else if (kind === 'send') {
      for (const stream of payment?.streams ?? []) stream.write(body);
    } else if (kind === 'cut') {
      for (const stream of payment?.streams ?? []) stream.destroy();
    }
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify(payment?.log ?? []));
  };
}

async function serve(
  payments: Map<string, Payment>,
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
): Promise<void> {
  const token = req.headers.authorization?.replace(/^Bearer /, '') ?? '';
  const payment = payments.get(token);
  if (!payment) {
    res.writeHead(401).end();
    return;
  }
  const posted = req.method === 'POST';
  const act = posted ? path.slice(path.lastIndexOf('/')) : '';
  const what = path.endsWith('/events') ? 'events' : path.endsWith('/banks') ? 'banks' : 'session';
  const entry: LoggedRequest = {
    path: posted ? act : what,
    url: req.url ?? '',
    body: posted ? await read(req) : '',
    lastEventId: req.headers['last-event-id']?.toString() ?? null,
    closed: false,
  };
  payment.log.push(entry);
  res.on('close', () => {
    entry.closed = true;
    payment.streams.delete(res);
  });
  const replies = payment.acts?.[act] ?? payment[what];
  const reply = (replies.length > 1 ? replies.shift() : replies[0]) ?? { status: 404 };
  if (reply.delayMs) await new Promise((resolve) => setTimeout(resolve, reply.delayMs));
  if (reply.hang) return;
  if (reply.drop && !reply.body) {
    req.socket.destroy();
    return;
  }
  const isStream = what === 'events' && reply.body !== undefined;
  res.writeHead(reply.status ?? 200, {
    'content-type': isStream ? 'text/event-stream' : 'application/json',
    'cache-control': 'no-store',
    ...reply.headers,
  });
  if (!isStream) {
    res.end(reply.body);
    return;
  }
  payment.streams.add(res);
  res.write(reply.body);
  if (reply.drop) setTimeout(() => res.destroy(), 50);
  if (reply.end) res.end();
}

async function read(req: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of req) text += String(chunk);
  return text;
}
