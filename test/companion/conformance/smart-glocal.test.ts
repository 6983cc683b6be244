import { SmartGlocalSimulator } from '../../../demo/simulators/smart-glocal.ts';
import { describeConformance } from '../../support/provider-conformance.ts';

describeConformance({
  name: 'smart-glocal',
  method: 'sberpay',
  capabilities: { refund: 'partial', cancel: true, webhooks: 'known' },
  presentation: 'link',
  overdue: 'canceled',
  simulator: () => new SmartGlocalSimulator(),
  // The real one knows it from its cabinet.
  connect: (system, companionUrl) => {
    if (system instanceof SmartGlocalSimulator) system.webhookUrl = `${companionUrl}/webhooks/smart-glocal`;
  },
});
