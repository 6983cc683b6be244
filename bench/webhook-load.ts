import { connect, type Socket } from 'node:net';
import { signWebhook } from '../src/webhooks/webhooks.ts';
import { WEBHOOK_SECRET } from '../test/support/companion.ts';

/** Returns the bytes of a request with one signed `paid` report. */
export function webhookRequest(paymentId: string): string {
  const event = 'payment.paid';
  const body = JSON.stringify({
    event,
    payment_id: paymentId,
    status: 'paid',
    amount: 1000,
    currency: 'RUB',
  });
  const signed = signWebhook({ event, deliveryId: `d-${paymentId}`, body }, WEBHOOK_SECRET, Date.now());
  const headers = Object.entries({
    host: 'localhost',
    'content-type': 'application/json',
    'content-length': String(body.length),
    ...signed,
  });
  return `POST /webhooks/sandbox HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}

/**
 * Sends webhooks over this many connections until the time is up. Each connection sends the next one after the response to the
 * last. Returns the number of acknowledged webhooks a second. Uses bare sockets, so that the load costs less than the server.
 */
export async function pressWebhooks(
  port: number,
  nextPayment: () => string,
  { connections, ms }: { connections: number; ms: number },
): Promise<number> {
  const started = performance.now();
  let answered = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(port, '127.0.0.1').setNoDelay();
      do {
        const head = await exchange(socket, webhookRequest(nextPayment()));
        if (!head.startsWith('HTTP/1.1 200')) throw new Error(`a webhook was answered ${head}`);
        answered++;
      } while (performance.now() - started < ms);
      socket.destroy();
    }),
  );
  return answered / ((performance.now() - started) / 1000);
}

/** Assumes that each response arrives in one piece, because it is short. */
function exchange(socket: Socket, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('data', (chunk: Buffer) => {
      socket.off('error', reject);
      resolve(chunk.toString('latin1'));
    });
    socket.write(request);
  });
}
