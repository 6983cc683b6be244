import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import type { ConnectionError } from 'fastify';
import { PROBLEM_MEDIA_TYPE, type Problem } from '../../../protocol/problem.ts';
import { PROBLEM_STATUS, type ProblemCode } from './problem-codes.ts';

/**
 * Time limits of a request, ms. A slow or silent socket is closed when its time is up, at most one checking interval
 * later. Status streams are responses: none of these limits ends them.
 */
const HEADERS_MS = 10_000;
const REQUEST_MS = 20_000;
const CHECKING_MS = 1_000;
/** Longer than the 60 s of common proxies: otherwise a proxy may reuse a connection that we have just closed. */
const KEEP_ALIVE_MS = 72_000;
const MAX_HEADER_BYTES = 16 * 1024;

/** Fastify's options that keep slow and idle clients from using up the server's connections. */
export const timeLimits = {
  requestTimeout: REQUEST_MS,
  keepAliveTimeout: KEEP_ALIVE_MS,
  http: {
    headersTimeout: HEADERS_MS,
    connectionsCheckingInterval: CHECKING_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    // refuseHostless in server.ts sends a problem document instead.
    requireHostHeader: false,
  },
  clientErrorHandler: refuseConnection,
};

interface Refusal {
  readonly code: ProblemCode;
  readonly detail: string;
}

const REFUSALS: Readonly<Record<string, Refusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    code: 'request_timeout',
    detail: `The request took too long to arrive: its headers have ${HEADERS_MS / 1000} s, all of it ${REQUEST_MS / 1000} s.`,
  },
  HPE_HEADER_OVERFLOW: {
    code: 'headers_too_large',
    detail: `The headers are larger than ${MAX_HEADER_BYTES / 1024} KiB.`,
  },
};

const MALFORMED: Refusal = {
  code: 'malformed_request',
  detail: 'This is not a valid HTTP request.',
};

/** Sends a problem document to a connection that sent no valid request, and closes it. */
function refuseConnection(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) {
    const { code, detail } = REFUSALS[error.code] ?? MALFORMED;
    const status = PROBLEM_STATUS[code];
    const title = STATUS_CODES[status] ?? 'Error';
    const problem: Problem = { type: `urn:sbp-checkout:problem:${code}`, title, status, detail, code };
    const body = JSON.stringify(problem);
    socket.write(
      [
        `HTTP/1.1 ${status} ${title}`,
        `content-type: ${PROBLEM_MEDIA_TYPE}`,
        `content-length: ${Buffer.byteLength(body)}`,
        'cache-control: no-store',
        'x-content-type-options: nosniff',
        "content-security-policy: default-src 'none'; frame-ancestors 'none'",
        'connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  }
  socket.destroy(error);
}
