import type { TemplateResult } from 'lit';
import { otherMethodsScreen } from './other-methods.ts';
import { payScreen } from './pay.ts';
import { isResult, resultScreen } from './result.ts';
import type { View } from '../view.ts';
import { waitingScreen } from './waiting.ts';

/** What there is between the header and the footer. */
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
      // The grey shapes of a code would promise one.
      return slow || method === 'buyer_qr' ? waitingScreen(view) : payScreen(view);
    case 'checking':
      // A code stays in its place, faded, while its last moment is being checked.
      return presentation?.kind === 'link' && entryModes.includes('qr')
        ? payScreen(view)
        : waitingScreen(view);
    case 'waiting':
      return waitingScreen(view);
  }
}
