import { heading, money } from '../ui/elements.ts';
import { isResult, resultWords } from './result.ts';
import { testWords } from './test-mark.ts';
import type { View } from '../view.ts';
import { waitingWords } from './waiting.ts';

/** What a screen reader is told when a screen comes. One sentence or two, never the seconds. */
export function announcement(view: View): string {
  const { screen, texts, entryModes, state } = view;
  if (screen === 'choose') return heading(view);
  if (screen === 'pay') {
    const banks = state.snapshot?.presentation.kind === 'link' && state.snapshot.method !== 'sberpay';
    return banks ? (entryModes.includes('banks') ? texts.chooseBank : texts.qrTitle) : heading(view);
  }
  if (!isResult(screen)) return waitingWords(view);
  const { title, detail } = resultWords(view, screen);
  const test = testWords(view)?.replace(/\.$/, '');
  return [screen === 'paid' ? `${title} ${money(view)}` : title, detail, test].filter(Boolean).join('. ');
}
