import { METHODS, type Method } from '../../protocol/snapshot.ts';
import { PROVIDER_NAMES, type ProviderName } from './provider-names.ts';

export type ProviderByMethod = Partial<Record<Method, ProviderName>>;

/**
 * Reads the entries of `SBP_METHODS`: `sbp=freepayment,…`. `defaultProvider` serves a method that names no provider, and all
 * methods when there is no entry; `null` outside development.
 */
export function readMethods(
  entries: readonly string[],
  defaultProvider: ProviderName | null,
): { methods: ProviderByMethod; mistakes: string[] } {
  const methods: ProviderByMethod = {};
  const mistakes: string[] = [];
  if (entries.length === 0 && defaultProvider === null) {
    mistakes.push(
      'SBP_METHODS is required: name the provider of each method, such as sbp=freepayment,sberpay=smart-glocal',
    );
  }
  for (const entry of entries.length > 0 || defaultProvider === null ? entries : METHODS) {
    const [method = '', provider = defaultProvider] = entry.split('=').map((part) => part.trim());
    if (!isOneOf(METHODS, method)) {
      mistakes.push(
        `SBP_METHODS: "${method}" is no method; write <method>=<provider>, where the method is one of ${METHODS.join(', ')}`,
      );
    } else if (provider === null) {
      mistakes.push(`SBP_METHODS: "${method}" names no provider; write ${method}=<provider>`);
    } else if (!isOneOf(PROVIDER_NAMES, provider)) {
      mistakes.push(`SBP_METHODS: "${provider}" is no provider; there are ${PROVIDER_NAMES.join(', ')}`);
    } else if (Object.hasOwn(methods, method)) {
      mistakes.push(`SBP_METHODS: "${method}" is named twice`);
    } else {
      methods[method] = provider;
    }
  }
  return { methods, mistakes };
}

function isOneOf<T extends string>(names: readonly T[], name: string): name is T {
  return names.includes(name as T);
}
