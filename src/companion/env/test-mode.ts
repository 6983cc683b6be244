import type { Method } from '../../protocol/snapshot.ts';
import type { ProviderName } from './provider-names.ts';

interface Offer {
  readonly methods: Readonly<Partial<Record<Method, ProviderName>>>;
  /** Providers that move no money: the sandbox, and those whose `…_TEST` setting is on. */
  readonly testProviders: ReadonlySet<ProviderName>;
  /** Providers whose settings have mistakes, so that it is unknown whether they are tests. */
  readonly faultyProviders: ReadonlySet<ProviderName>;
  readonly development: boolean;
  /** `SBP_SANDBOX=allow`. */
  readonly allowed: boolean;
}

export interface TestMode {
  /** True if every method on offer is a test. A payment stores this when it is created. */
  readonly test: boolean;
  readonly mistakes: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Returns whether the methods on offer are tests. A companion is all real or all test: with both, the payer's choice of a method
 * would decide whether the shop gets money. Outside development, test mode needs SBP_SANDBOX=allow, so that a forgotten setting
 * cannot open it.
 */
export function readTestMode({
  methods,
  testProviders,
  faultyProviders,
  development,
  allowed,
}: Offer): TestMode {
  const offered = Object.entries(methods)
    .filter(([, provider]) => !faultyProviders.has(provider))
    .map(([method, provider]) => `${method}=${provider}`);
  const isTest = (entry: string) => testProviders.has(entry.split('=')[1] as ProviderName);
  const tests = offered.filter(isTest);
  const real = offered.filter((entry) => !isTest(entry));
  const test = tests.length > 0;
  if (test && real.length > 0) {
    const mixed = `SBP_METHODS mixes test and real money: ${tests.join(', ')} is a test, ${real.join(', ')} is not`;
    return { test, mistakes: [`${mixed}. A companion is all real or all test: run two`], warnings: [] };
  }
  if (test && !development && !allowed) {
    const demand = `${tests.join(', ')} takes no real money: anyone can mark such a payment paid`;
    return {
      test,
      mistakes: [`${demand}. Set SBP_SANDBOX=allow if this companion serves no real shop`],
      warnings: [],
    };
  }
  if (test && !development) {
    return {
      test,
      mistakes: [],
      warnings: [`TEST MODE: no payment of this companion moves money (${tests.join(', ')})`],
    };
  }
  const idle = allowed && !test ? ['SBP_SANDBOX=allow is set, but no method is a test: remove it'] : [];
  return { test, mistakes: [], warnings: idle };
}
