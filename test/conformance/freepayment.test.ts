import { describe } from 'node:test';
import { FreepaymentSimulator } from '../../demo/simulators/freepayment.ts';
import { describeConformance } from '../support/provider-conformance.ts';

// Run concurrently: most of their time is waiting.
describe('freepayment', { concurrency: true }, () => {
  for (const variant of ['SY', 'BC', 'IZ', 'MT'] as const) {
    describeConformance({
      name: `freepayment ${variant}`,
      method: 'sbp',
      capabilities: {
        refund: variant === 'MT' ? 'once' : 'partial',
        cancel: false,
        webhookTrust: 'confirm-by-status',
      },
      presentation: variant === 'IZ' ? 'form' : 'link',
      fields: { customer: { ip: '203.0.113.7', phone: '+79990001122', email: 'payer@example.ru' } },
      simulator: () => new FreepaymentSimulator({ variant }),
    });
  }
});
