import { money } from './pieces.ts';
import { isResult, resultWords } from './result.ts';
import type { View } from './view.ts';
import { waitingWords } from './waiting.ts';

/** What a screen reader is told when a screen comes. One sentence or two, never the seconds. */
export function announcement(view: View): string {
  const { screen, texts, ways } = view;
  if (screen === 'loading') return texts.loading;
  if (screen === 'pay') return ways.includes('banks') ? texts.chooseBank : texts.qrTitle;
  if (!isResult(screen)) return waitingWords(view);
  const { title, detail } = resultWords(view, screen);
  return [screen === 'paid' ? `${title} ${money(view)}` : title, detail].filter(Boolean).join('. ');
}
