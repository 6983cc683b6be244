import { SberbankSimulator } from '../../demo/simulators/sberbank.ts';
import { describeConformance } from '../support/provider-conformance.ts';

describeConformance({
  name: 'sberbank',
  method: 'buyer_qr',
  capabilities: { refund: 'none', cancel: false, webhookTrust: 'none' },
  presentation: 'scan',
  code: 'https://sberbank.ru/qr/?ClientIdQr=40ac47&HashId=5c10bb&online',
  simulator: () => new SberbankSimulator(),
});
