import type { Method } from '../src/protocol/snapshot.ts';
import { FreepaymentSimulator } from './simulators/freepayment.ts';
import { SberbankSimulator } from './simulators/sberbank.ts';
import { SbpApiSimulator } from './simulators/sbp-api.ts';
import type { Simulator } from './simulators/simulator.ts';
import { SmartGlocalSimulator } from './simulators/smart-glocal.ts';

/** Delay in ms before the simulated payer shows the requested code to the bank, long enough to be visible. */
const UNHURRIED_MS = 1_500;

const freepayment = (variant: 'SY' | 'BC' | 'IZ' | 'MT') => () =>
  new FreepaymentSimulator({ variant, linkTo: 'page' });

/** The systems for `npm run demo -- --provider <name>`, and the method of each. */
const SYSTEMS: Readonly<Record<string, { readonly method: Method; readonly open: () => Simulator }>> = {
  freepayment: { method: 'sbp', open: freepayment('SY') },
  'freepayment-bc': { method: 'sbp', open: freepayment('BC') },
  'freepayment-iz': { method: 'sbp', open: freepayment('IZ') },
  'freepayment-mt': { method: 'sbp', open: freepayment('MT') },
  'smart-glocal': {
    method: 'sberpay',
    open: () => new SmartGlocalSimulator({ delayMs: UNHURRIED_MS }),
  },
  sberbank: { method: 'buyer_qr', open: () => new SberbankSimulator({ paysAfterMs: UNHURRIED_MS }) },
  'sbp-api': { method: 'sbp', open: () => new SbpApiSimulator({ linkTo: 'page' }) },
};

/** The systems of `--provider all`: one for each method. */
const ALL = ['freepayment', 'smart-glocal', 'sberbank'];

/** The values of `--provider`. */
export const SIMULATED_PROVIDERS: readonly string[] = [...Object.keys(SYSTEMS), 'all'];

export interface Simulated {
  /** Environment variables of the companion. */
  readonly env: Readonly<Record<string, string>>;
  readonly methods: readonly Method[];
  /** The systems' pages that act as the payer's bank app. */
  readonly pages: readonly { readonly system: string; readonly url: string }[];
  /** The companion's address, for a system that does not get it with each payment. */
  sendWebhooksTo(companionUrl: string): void;
  close(): Promise<void>;
}

/** Starts the simulated systems of a name in {@link SIMULATED_PROVIDERS}. */
export async function simulate(name: string, host: string): Promise<Simulated> {
  const names = name === 'all' ? ALL : [name];
  const chosen = names.map((one) => SYSTEMS[one]);
  const systems = chosen.map((system) => system!.open());
  for (const system of systems) {
    await system.listen(0, '0.0.0.0');
    system.origin = system.url.replace('127.0.0.1', host);
  }
  const envs = systems.map((system) => system.env());
  return {
    env: {
      ...Object.assign({}, ...envs),
      SBP_METHODS: envs.map((env) => env['SBP_METHODS']).join(),
    } as Record<string, string>,
    methods: chosen.map((system) => system!.method),
    pages: systems.map(({ origin, url }, index) => ({ system: names[index]!, url: origin ?? url })),
    sendWebhooksTo(companionUrl) {
      for (const system of systems) {
        if (system instanceof SmartGlocalSimulator)
          system.webhookUrl = `${companionUrl}/webhooks/smart-glocal`;
      }
    },
    async close() {
      await Promise.all(systems.map((system) => system.close()));
    },
  };
}
