import type { Refusal } from '../session/types.ts';

/**
 * Says on the console what a developer can mend and no payer can. `address`: what was asked; `came`: what came in place of
 * the companion's answer.
 */
export function tellDeveloper(refusal: Refusal, address: string, came: string): void {
  if (refusal === 'no-companion')
    console.error(
      `<sbp-checkout> found no companion: GET ${address} → ${came}. Set endpoint="…" to its address.`,
    );
  if (refusal === 'origin-not-allowed')
    console.error(
      `<sbp-checkout> may not open payments here: ${address} needs the setting SBP_ALLOWED_ORIGINS=${self.origin}`,
    );
}
