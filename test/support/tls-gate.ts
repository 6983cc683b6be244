import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { TLSSocket, type SecureContextOptions } from 'node:tls';

/** One of the keys and certificates for tests. */
export function pem(name: string): string {
  return readFileSync(join(import.meta.dirname, '../fixtures/tls', `${name}.pem`), 'utf8');
}

/**
 * A bank's entrance: accepts clients with a certificate of its own authority, and forwards their calls to a plain-http
 * system behind it.
 */
export class TlsGate {
  /** The client of each call: the common name of its certificate. */
  readonly callers: string[] = [];
  /** Handshakes that failed. */
  refused = 0;
  readonly #server: Server;

  private constructor(target: string, options: SecureContextOptions) {
    this.#server = createServer(
      {
        cert: pem('server'),
        key: pem('server-key'),
        ca: pem('ca'),
        requestCert: true,
        rejectUnauthorized: true,
        ...options,
      },
      (incoming, response) => {
        if (incoming.socket instanceof TLSSocket) {
          this.callers.push(String(incoming.socket.getPeerCertificate().subject.CN));
        }
        const { method, headers, url = '/' } = incoming;
        const outgoing = request(`${target}${url}`, { method, headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        });
        outgoing.on('error', () => response.destroy());
        incoming.pipe(outgoing);
      },
    );
    this.#server.on('tlsClientError', () => this.refused++);
  }

  /** `options`: another certificate, other versions. */
  static async open(target: string, options: SecureContextOptions = {}): Promise<TlsGate> {
    const gate = new TlsGate(target, options);
    await new Promise<void>((resolve) => gate.#server.listen(0, '127.0.0.1', resolve));
    return gate;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
