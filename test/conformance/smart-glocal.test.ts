import { describe } from 'node:test';
import { SmartGlocalSimulator } from '../../demo/simulators/smart-glocal.ts';
import { describeConformance } from '../support/provider-conformance.ts';

/** Creates a session in two calls. */
class InTwoSteps extends SmartGlocalSimulator {
  override env() {
    return { ...super.env(), SBP_SMART_GLOCAL_FLOW: 'create' };
  }
}

// Run concurrently: most of their time is waiting.
describe('smart-glocal', { concurrency: true }, () => {
  for (const [flow, System] of [
    ['init', SmartGlocalSimulator],
    ['create', InTwoSteps],
  ] as const) {
    describeConformance({
      name: `smart-glocal by ${flow}`,
      method: 'sberpay',
      capabilities: { refund: 'partial', cancel: true, webhookTrust: 'known-session' },
      presentation: 'link',
      overdue: 'canceled',
      simulator: () => new System(),
      // The real system has this address in its cabinet.
      connect: (system, companionUrl) => {
        if (system instanceof SmartGlocalSimulator)
          system.webhookUrl = `${companionUrl}/webhooks/smart-glocal`;
      },
    });
  }
});
