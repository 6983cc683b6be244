import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

/** A raw connection, for requests that no HTTP client would send. */
export class RawSocket {
  readonly socket: Socket;
  /** The time from the connect to the close, ms; `null` while the socket is open. */
  closedAfterMs: number | null = null;
  received = '';
  /** Resolves on any kind of close, including a reset. */
  readonly #closed: Promise<void>;

  private constructor(socket: Socket) {
    this.socket = socket;
    const since = performance.now();
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => (this.received += String(chunk)));
    socket.on('close', () => (this.closedAfterMs = performance.now() - since));
    this.#closed = new Promise((resolve) => socket.on('close', () => resolve()));
  }

  static async open(url: string, localAddress = '127.0.0.1'): Promise<RawSocket> {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), localAddress });
    await once(socket, 'connect');
    return new RawSocket(socket);
  }

  send(text: string): void {
    if (this.socket.writable) this.socket.write(text);
  }

  /** Sends one character at a time until the other side closes the connection. */
  trickle(text: string, everyMs: number): void {
    let at = 0;
    const timer = setInterval(() => this.send(text[at++] ?? 'x'), everyMs);
    this.socket.on('close', () => clearInterval(timer));
  }

  /** Waits until the other side closes. Throws after `timeoutMs`. */
  async closed(timeoutMs: number): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`still open after ${timeoutMs} ms`)), timeoutMs);
    });
    await Promise.race([this.#closed, tooLate]);
    clearTimeout(timer);
    return this.closedAfterMs!;
  }

  close(): void {
    this.socket.destroy();
  }
}
