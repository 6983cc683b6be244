import type { TemplateResult } from 'lit';
import { payScreen } from './pay.ts';
import { isResult, resultScreen } from './result.ts';
import type { View } from './view.ts';
import { waitingScreen } from './waiting.ts';

/** What there is between the header and the footer. */
export function drawScreen(view: View): TemplateResult {
  const { screen, ways } = view;
  if (isResult(screen)) return resultScreen(view, screen);
  // A code stays in its place, faded, while its last moment is being checked.
  const paying = screen === 'checking' ? ways.includes('qr') : screen !== 'waiting';
  return paying ? payScreen(view) : waitingScreen(view);
}
