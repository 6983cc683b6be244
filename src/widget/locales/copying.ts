import type { Dictionary } from './dictionary.ts';

/** Of a link, wherever one can be copied. */
export interface CopyTexts {
  readonly copyLink: string;
  readonly copied: string;
  readonly copyByHand: string;
}

export const COPY_TEXTS: Dictionary<CopyTexts> = {
  ru: {
    copyLink: 'Скопировать ссылку',
    copied: 'Ссылка скопирована',
    copyByHand: 'Скопируйте ссылку',
  },
  en: { copyLink: 'Copy link', copied: 'Link copied', copyByHand: 'Copy the link' },
};
