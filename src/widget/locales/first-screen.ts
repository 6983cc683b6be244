import type { Dictionary } from './dictionary.ts';
import { en } from './en.ts';
import { ru } from './ru.ts';
import type { Texts } from './texts.ts';

export const TEXTS: Dictionary<Texts> = { ru, en };
