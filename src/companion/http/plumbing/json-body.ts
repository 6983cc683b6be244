import type { FastifyInstance } from 'fastify';
import { isNestedTooDeep, MAX_JSON_DEPTH } from './json-depth.ts';
import { jsonFault } from './json-fault.ts';
import { keepWrittenSums } from './written-sums.ts';
import { ProblemError } from './problems.ts';

const FORBIDDEN_NAME =
  'The body has a name that no JSON should have: __proto__, or constructor with prototype in it.';

/**
 * Accepts JSON in UTF-8 only. Bytes of another encoding would become question marks for the payer and the bank, and
 * text of another media type could pass for JSON. A body nested deeper than
 * {@link MAX_JSON_DEPTH} is refused. Sums are kept as they are written: see {@link keepWrittenSums}.
 */
export function readJsonOnly(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    const coding = request.headers['content-encoding'];
    if (coding !== undefined && coding !== 'identity') {
      done(new ProblemError('unsupported_media_type', 'Send the body uncompressed.'));
      return;
    }
    if (body.length === 0) {
      const detail = 'The body is empty: send an object, or leave Content-Type out where no body is needed.';
      done(new ProblemError('malformed_json', detail));
      return;
    }
    const text = decode(body);
    if (text === null) {
      done(new ProblemError('malformed_json', 'The body is not UTF-8.'));
      return;
    }
    void parseJson(request, text, (error, parsed: unknown) => {
      if (error) {
        const fault = jsonFault(text);
        const detail = fault === null ? FORBIDDEN_NAME : `The body is not valid JSON. At ${fault}.`;
        done(new ProblemError('malformed_json', detail));
      } else if (isNestedTooDeep(parsed)) {
        const detail = `The body is nested deeper than ${MAX_JSON_DEPTH} levels.`;
        done(new ProblemError('nested_too_deep', detail));
      } else {
        done(null, keepWrittenSums(text, parsed));
      }
    });
  });
}

function decode(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null; // the error has no details
  }
}
