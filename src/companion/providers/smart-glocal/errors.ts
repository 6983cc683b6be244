import * as v from 'valibot';
import { sanitizeForLog } from '../../lib/logging.ts';
import { errorText } from '../error-text.ts';
import type { HttpResponse } from '../provider-http.ts';
import { ProviderError } from '../provider.ts';

/** The one code that is documented. */
const REPLAYED = 'idempotency_key_already_exists';

const text = v.fallback(v.nullish(v.string(), null), null);
const errorSchema = v.object({ error: v.object({ code: text, description: text }) });
const failedSchema = v.object({ status: v.literal('error') });

/** The call has arrived before, under the same key. What it was answered then is not told again. */
export class KeyReplayed extends ProviderError {
  constructor() {
    super(
      'unavailable',
      `Smart Glocal has had this call before (${REPLAYED}), and does not repeat its answer`,
    );
  }
}

/** Nothing of it may be shown to the payer, or believed, of the payment that was asked about. */
export class AnotherSession extends ProviderError {
  constructor() {
    super('unavailable', 'Smart Glocal answered with another session than was asked about');
  }
}

/**
 * The error in an answer: `null` when it is none, whatever its HTTP status says. For the operator's log only: codes
 * other than {@link REPLAYED} are not documented, so their own words are passed on, bounded and without phone numbers.
 */
export function readError({ status, json }: HttpResponse): ProviderError | null {
  if (status < 400 && !v.is(failedSchema, json)) return null;
  const parsed = v.safeParse(errorSchema, json);
  // Not its form, so it is not known whether the API said it.
  if (!parsed.success) {
    const said = errorText(json) ?? 'no reason given';
    return new ProviderError('unavailable', `Smart Glocal answered ${status}: ${said}`);
  }
  const { code, description } = parsed.output.error;
  if (code === REPLAYED) return new KeyReplayed();
  const reason = sanitizeForLog([code, description].filter(Boolean).join(': '));
  const message = `Smart Glocal refused: ${status} ${reason}`.trim();
  // Somebody else is at work on the same thing: it may still come to be.
  return new ProviderError(status === 409 ? 'unavailable' : 'refused', message, { reason });
}
