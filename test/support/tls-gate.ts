import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { TLSSocket, type SecureContextOptions } from 'node:tls';

/** Reads a key or a certificate for tests. */
export function pem(name: string): string {
  return readFileSync(join(import.meta.dirname, '../fixtures/tls', `${name}.pem`), 'utf8');
}

/**
 * A bank's TLS entrance. It accepts clients with a certificate of its own authority, and forwards their calls to a
 * plain-HTTP system.
 */
export class TlsGate {
  /** The common name in the client certificate of each call. */
  readonly callers: string[] = [];
  /** The number of failed handshakes. */
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

  /** `options`: replaces the certificate or the TLS versions. */
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
