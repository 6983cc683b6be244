export const API_KEY = 'test-api-key-0123456789';
export const TOKEN_SECRET = 'test-token-secret-0123456789';
export const WEBHOOK_SECRET = 'test-webhook-secret-0123456789';

/** Environment variables of a companion that hold one or more secrets. */
const SECRET_VARIABLE = /^SBP_.*(?:KEY|SECRET|TOKEN)$/;

/** Returns the secrets in a companion's environment. */
export function secretsOf(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env)
    .filter(([name]) => SECRET_VARIABLE.test(name))
    .flatMap(([, value]) => value.split(',').map((secret) => secret.trim()));
}
