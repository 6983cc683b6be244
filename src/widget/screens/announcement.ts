import { headingText, money } from '../ui/elements.ts';
import { isResult, resultTexts } from './result.ts';
import { testMarkText } from './test-mark.ts';
import type { View } from '../view.ts';
import { waitingText } from './waiting.ts';

/** Returns the announcement for screen readers when a screen appears: one or two sentences, without the seconds. */
export function announcement(view: View): string {
  const { screen, texts, entryModes, state } = view;
  if (screen === 'choose') return headingText(view);
  if (screen === 'pay') {
    const banks = state.snapshot?.presentation.kind === 'link' && state.snapshot.method !== 'sberpay';
    return banks ? (entryModes.includes('banks') ? texts.chooseBank : texts.qrTitle) : headingText(view);
  }
  if (!isResult(screen)) return waitingText(view);
  const { title, detail } = resultTexts(view, screen);
  const test = testMarkText(view)?.replace(/\.$/, '');
  return [screen === 'paid' ? `${title} ${money(view)}` : title, detail, test].filter(Boolean).join('. ');
}
