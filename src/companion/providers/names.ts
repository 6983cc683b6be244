/** The payment providers there is code for, as `SBP_METHODS` names them. */
export const PROVIDER_NAMES = ['sandbox', 'sbp-api'] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];
