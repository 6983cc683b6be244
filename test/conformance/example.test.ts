import { createAcmeProvider } from '../../demo/acquirer/provider.ts';
import { AcmeSimulator, KEY } from '../../demo/acquirer/simulator.ts';
import { OutboundClient } from '../../src/companion/outbound/client.ts';
import { describeConformance } from '../support/provider-conformance.ts';

/** Not in the registry: it replaces the sandbox, and sends webhooks to the sandbox's address. */
describeConformance({
  name: 'the worked example of docs/providers.md',
  method: 'sbp',
  capabilities: { refund: 'partial', cancel: true, webhookTrust: 'confirm-by-status' },
  presentation: 'link',
  simulator: () => new AcmeSimulator(),
  providers: (system, companionUrl) => ({
    sandbox: createAcmeProvider(
      {
        baseUrl: system.url,
        key: KEY,
        webhookUrl: `${companionUrl}/webhooks/sandbox`,
      },
      new OutboundClient({ development: true }),
    ),
  }),
});
