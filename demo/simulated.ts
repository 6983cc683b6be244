import type { Method } from '../src/protocol/snapshot.ts';
import { FreepaymentSimulator } from './simulators/freepayment.ts';
import { SberbankSimulator } from './simulators/sberbank.ts';
import { SbpApiSimulator } from './simulators/sbp-api.ts';
import type { Simulator } from './simulators/simulator.ts';
import { SmartGlocalSimulator } from './simulators/smart-glocal.ts';

/** How long the simulated payer takes to show the bank what the bank asks for, ms: long enough to be seen. */
const UNHURRIED_MS = 1_500;

const freepayment = (variant: 'SY' | 'BC' | 'IZ' | 'MT') => () =>
  new FreepaymentSimulator({ variant, linkTo: 'page' });

/** The systems that `npm run demo -- --provider <name>` can be run on, and the method that each serves. */
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

/** What `--provider all` has: one system for each method. */
const ALL = ['freepayment', 'smart-glocal', 'sberbank'];

/** What `--provider` takes. */
export const SIMULATED_PROVIDERS: readonly string[] = [...Object.keys(SYSTEMS), 'all'];

export interface Simulated {
  /** What the companion is to be told. */
  readonly env: Readonly<Record<string, string>>;
  readonly methods: readonly Method[];
  /** Their pages, on which a payer's deeds can be done. */
  readonly pages: readonly { readonly system: string; readonly url: string }[];
  /** The companion, where a system does not hear of it with each payment. */
  sendWebhooksTo(companionUrl: string): void;
  close(): Promise<void>;
}

/** Starts the simulated systems of that name, one of {@link SIMULATED_PROVIDERS}. */
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
