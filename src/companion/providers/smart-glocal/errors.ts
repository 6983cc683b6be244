import * as v from 'valibot';
import { sanitizeForLog } from '../../lib/logging.ts';
import { errorText } from '../error-text.ts';
import type { HttpResponse } from '../provider-http.ts';
import { ProviderError } from '../provider.ts';

/** The only documented code. */
const REPLAYED = 'idempotency_key_already_exists';

const text = v.fallback(v.nullish(v.string(), null), null);
const errorSchema = v.object({ error: v.object({ code: text, description: text }) });
const failedSchema = v.object({ status: v.literal('error') });

/** A call with the same key has arrived before. Its response is not repeated. */
export class KeyReplayed extends ProviderError {
  constructor() {
    super(
      'unavailable',
      `Smart Glocal has received this call before (${REPLAYED}), and does not repeat its response`,
    );
  }
}

/** The response is about another session: nothing of it may be shown to the payer or applied. */
export class AnotherSession extends ProviderError {
  constructor() {
    super('unavailable', 'Smart Glocal returned another session than requested');
  }
}

/**
 * Returns the error in a response; `null` when it has none, whatever its HTTP status. Codes other than {@link REPLAYED}
 * are not documented, so their text is passed on for the operator's log, shortened and without phone numbers.
 */
export function readError({ status, json }: HttpResponse): ProviderError | null {
  if (status < 400 && !v.is(failedSchema, json)) return null;
  const parsed = v.safeParse(errorSchema, json);
  // An undocumented form: another server may have sent it.
  if (!parsed.success) {
    const message = errorText(json) ?? 'no reason given';
    return new ProviderError('unavailable', `Smart Glocal returned ${status}: ${message}`);
  }
  const { code, description } = parsed.output.error;
  if (code === REPLAYED) return new KeyReplayed();
  const reason = sanitizeForLog([code, description].filter(Boolean).join(': '));
  const message = `Smart Glocal refused: ${status} ${reason}`.trim();
  // Another call is being processed for the same object, so the call may still succeed later.
  return new ProviderError(status === 409 ? 'unavailable' : 'refused', message, { reason });
}
