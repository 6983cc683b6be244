import { money } from './pieces.ts';
import type { View } from './view.ts';

/** What a screen reader is told when a screen comes. One sentence or two, never the seconds. */
export function announcement(view: View): string {
  const { screen, texts, state, ways } = view;
  switch (screen) {
    case 'loading':
      return texts.loading;
    case 'pay':
      return ways.includes('banks') ? texts.chooseBank : texts.qrTitle;
    case 'waiting':
      return state.snapshot?.status === 'processing' ? texts.processing : texts.waiting;
    case 'checking':
      return texts.checking;
    case 'paid':
      return `${texts.paid} ${money(view)}. ${state.snapshot?.late ? texts.paidLate : ''}`;
    case 'expired':
      return `${texts.expired}. ${texts.expiredDetail}`;
    case 'failed':
      return `${texts.failed}. ${texts.failedDetail}`;
    case 'canceled':
      return texts.canceled;
    case 'refunded':
      return state.snapshot?.status === 'refunded' ? texts.refunded : texts.partlyRefunded;
    case 'error':
      return `${texts.error}. ${texts.errorDetail}`;
  }
}
