/** The supported payment providers, as `SBP_METHODS` names them. */
export const PROVIDER_NAMES = ['sandbox', 'sbp-api', 'freepayment', 'smart-glocal', 'sberbank'] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];
