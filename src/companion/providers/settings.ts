import type * as v from 'valibot';
import type { Env } from '../env/env.ts';
import type { ProviderName } from '../env/provider-names.ts';
import { readSettings, type SettingsSchema } from '../env/variables.ts';
import { freepaymentSettings, type FreepaymentSettings } from './freepayment/settings.ts';
import { sberbankSettings, type SberbankSettings } from './sberbank/settings.ts';
import { sbpApiSettings, type SbpApiSettings } from './sbp-api/settings.ts';
import { smartGlocalSettings, type SmartGlocalSettings } from './smart-glocal/settings.ts';

/**
 * The settings of each provider; `null` without any of its variables. A provider that no method uses gets no new payments, but
 * its earlier payments are still polled, refunded and updated by webhooks.
 */
export interface ProviderSettings {
  readonly sbpApi: SbpApiSettings | null;
  readonly freepayment: FreepaymentSettings | null;
  readonly smartGlocal: SmartGlocalSettings | null;
  readonly sberbank: SberbankSettings | null;
}

export function providerSchemas(development: boolean) {
  return {
    'sbp-api': sbpApiSettings(development),
    freepayment: freepaymentSettings(development),
    'smart-glocal': smartGlocalSettings(development),
    sberbank: sberbankSettings(development),
  };
}

export interface ProvidersReading {
  readonly settings: ProviderSettings;
  readonly mistakes: readonly string[];
  /** Providers that a method uses or that have a variable set. */
  readonly configured: ReadonlySet<ProviderName>;
  /** Providers that move no money. */
  readonly test: ReadonlySet<ProviderName>;
  /** Providers whose settings have mistakes. */
  readonly faulty: ReadonlySet<ProviderName>;
}

/** Reads the settings of each provider that is in `used` or has a variable set. */
export function readProviderSettings(
  schemas: ReturnType<typeof providerSchemas>,
  env: Env,
  used: readonly ProviderName[],
): ProvidersReading {
  const mistakes: string[] = [];
  const configured = new Set<ProviderName>();
  const test = new Set<ProviderName>(['sandbox']);
  const faulty = new Set<ProviderName>();

  function read<S extends SettingsSchema & v.GenericSchema<unknown, { readonly test: boolean }>>(
    name: ProviderName,
    schema: S,
  ): v.InferOutput<S> | null {
    const reading = readSettings(schema, env);
    if (!used.includes(name) && !reading.isAnySet) return null;
    configured.add(name);
    if (reading.settings?.test) test.add(name);
    if (reading.mistakes.length > 0) faulty.add(name);
    if (reading.mistakes.length > 0 && !used.includes(name)) {
      mistakes.push(
        `No method in SBP_METHODS uses ${name}, but some of its settings are set: complete them, so that its earlier payments ` +
          'are still processed, or remove all of them',
      );
    }
    mistakes.push(...reading.mistakes);
    return reading.settings;
  }

  const settings = {
    sbpApi: read('sbp-api', schemas['sbp-api']),
    freepayment: read('freepayment', schemas.freepayment),
    smartGlocal: read('smart-glocal', schemas['smart-glocal']),
    sberbank: read('sberbank', schemas.sberbank),
  };
  return { settings, mistakes, configured, test, faulty };
}
