import { connect, type Socket } from 'node:net';
import { PATIENCE_MS } from './patience.ts';

export interface RawAnswer {
  readonly status: number;
  readonly contentType: string;
  /** The status line and the headers. */
  readonly head: string;
  readonly body: string;
}

/** A request as bytes, because an HTTP client would refuse to send most hostile ones. */
export interface RawRequest {
  readonly head: string;
  readonly body: Buffer;
}

/**
 * Sends requests over one keep-alive connection, several before the first response, and reads the responses in order.
 * The server may close the connection after invalid HTTP; the remaining requests then use a new one.
 */
export async function pipeline(port: number, requests: readonly RawRequest[]): Promise<(RawAnswer | null)[]> {
  const answers: (RawAnswer | null)[] = [];
  while (answers.length < requests.length) {
    const rest = requests.slice(answers.length);
    const got = await onOneConnection(port, rest);
    // The server closed the connection without a response. This counts as the response to the first request only.
    answers.push(...(got.length > 0 ? got : [null]));
  }
  return answers;
}

function onOneConnection(port: number, requests: readonly RawRequest[]): Promise<RawAnswer[]> {
  return new Promise((resolve) => {
    const answers: RawAnswer[] = [];
    let buffer = Buffer.alloc(0);
    const socket: Socket = connect(port, '127.0.0.1');
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answers);
    };
    const timer = setTimeout(finish, PATIENCE_MS);
    socket.on('data', (chunk: Buffer) => {
      buffer = Buffer.concat([buffer, chunk]);
      for (;;) {
        const next = takeAnswer(buffer, requests[answers.length]!.head.startsWith('HEAD '));
        if (!next) break;
        answers.push(next.answer);
        buffer = buffer.subarray(next.length);
        if (answers.length === requests.length || next.endless) {
          finish();
          return;
        }
      }
    });
    socket.on('error', finish);
    socket.on('close', finish);
    socket.write(Buffer.concat(requests.flatMap(({ head, body }) => [Buffer.from(head, 'latin1'), body])));
  });
}

function takeAnswer(
  buffer: Buffer,
  withoutBody: boolean,
): { answer: RawAnswer; length: number; endless: boolean } | null {
  const end = buffer.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = buffer.toString('latin1', 0, end);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
  const contentType = /^content-type: *(.*)$/im.exec(head)?.[1] ?? '';
  const stream = contentType.startsWith('text/event-stream');
  const size = withoutBody || stream ? 0 : Number(/^content-length: *(\d+)$/im.exec(head)?.[1] ?? 0);
  if (buffer.length < end + 4 + size) return null;
  const body = buffer.toString('utf8', end + 4, end + 4 + size);
  return { answer: { status, contentType, head, body }, length: end + 4 + size, endless: stream };
}

/** Returns a raw response as `fetch` would. */
export function asResponse({ head, body }: Pick<RawAnswer, 'head' | 'body'>): Response {
  const [first = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const [name = '', ...value] = line.split(':');
    return [name, value.join(':').trim()];
  });
  return new Response(body, { status: Number(first.split(' ')[1]), headers });
}
