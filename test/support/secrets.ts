export const API_KEY = 'test-api-key-0123456789';
export const TOKEN_SECRET = 'test-token-secret-0123456789';
export const WEBHOOK_SECRET = 'test-webhook-secret-0123456789';

/** Variables of a companion's environment that hold a secret, or several of them. */
const SECRET_VARIABLE = /^SBP_.*(?:KEY|SECRET|TOKEN)$/;

/** The secrets that a companion in this environment knows. */
export function secretsOf(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env)
    .filter(([name]) => SECRET_VARIABLE.test(name))
    .flatMap(([, value]) => value.split(',').map((secret) => secret.trim()));
}
