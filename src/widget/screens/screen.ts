import type { TemplateResult } from 'lit';
import { otherMethodsScreen } from './other-methods.ts';
import { payScreen } from './pay.ts';
import { isResult, resultScreen } from './result.ts';
import type { View } from '../view.ts';
import { waitingScreen } from './waiting.ts';

/** Draws the content between the header and the footer. */
export function drawScreen(view: View): TemplateResult {
  const { screen, entryModes, slow, state } = view;
  if (isResult(screen)) return resultScreen(view, screen);
  const { presentation, method } = state.snapshot ?? {};
  switch (screen) {
    case 'choose':
      return otherMethodsScreen(view, 'methods');
    case 'pay':
      return presentation?.kind === 'form' || presentation?.kind === 'scan'
        ? otherMethodsScreen(view, presentation.kind)
        : payScreen(view);
    case 'loading':
      // Placeholders of a code would promise a code that a slow payment or a buyer's QR may not have.
      return slow || method === 'buyer_qr' ? waitingScreen(view) : payScreen(view);
    case 'checking':
      // The faded code stays in place while the payment is checked after its time is up.
      return presentation?.kind === 'link' && entryModes.includes('qr')
        ? payScreen(view)
        : waitingScreen(view);
    case 'waiting':
      return waitingScreen(view);
  }
}
