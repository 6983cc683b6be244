import { SbpApiSimulator } from '../../demo/simulators/sbp-api.ts';
import { describeConformance } from '../support/provider-conformance.ts';

describeConformance({
  name: 'sbp-api',
  method: 'sbp',
  capabilities: { refund: 'partial', cancel: true, webhookTrust: 'signature' },
  presentation: 'link',
  simulator: () => new SbpApiSimulator(),
});
