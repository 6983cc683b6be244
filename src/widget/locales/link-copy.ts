import type { Dictionary } from './dictionary.ts';

/** The texts of the button that copies a link. */
export interface LinkCopyTexts {
  readonly copyLink: string;
  readonly copied: string;
  readonly copyByHand: string;
}

export const LINK_COPY_TEXTS: Dictionary<LinkCopyTexts> = {
  ru: {
    copyLink: 'Скопировать ссылку',
    copied: 'Ссылка скопирована',
    copyByHand: 'Скопируйте ссылку',
  },
  en: { copyLink: 'Copy link', copied: 'Link copied', copyByHand: 'Copy the link' },
};
