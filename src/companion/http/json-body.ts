import type { FastifyInstance } from 'fastify';
import { ProblemError } from './problems.ts';

/**
 * Reads JSON in UTF-8 and nothing else. Bytes of another encoding would otherwise become question marks in what the
 * payer and the bank see, and text that happens to look like JSON would pass for it.
 */
export function readJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    const coding = request.headers['content-encoding'];
    if (coding !== undefined && coding !== 'identity') {
      done(new ProblemError(415, 'unsupported_media_type', 'Send the body uncompressed.'));
      return;
    }
    if (body.length === 0) {
      const detail = 'The body is empty: send an object, or leave Content-Type out where no body is needed.';
      done(new ProblemError(400, 'malformed_json', detail));
      return;
    }
    const text = decode(body);
    if (text === null) done(new ProblemError(400, 'malformed_json', 'The body is not UTF-8.'));
    else void parse(request, text, done);
  });
}

function decode(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null; // the decoder says no more than that
  }
}
