import { html, nothing, type TemplateResult } from 'lit';
import type { View } from '../view.ts';

/** «Тестовый платёж» on every screen of a test payment; only of the sandbox it is certain that no money moves. */
export function testMarkText({ state, texts }: Pick<View, 'state' | 'texts'>): string | null {
  if (!state.snapshot?.test) return null;
  return state.snapshot.sandbox ? texts.sandbox : texts.test;
}

/** Hangs from the card's upper edge, see theme/frame.ts. */
export function testMark(view: Pick<View, 'state' | 'texts'>): TemplateResult | typeof nothing {
  const text = testMarkText(view);
  return text === null ? nothing : html`<p class="test" part="test" .textContent=${text}></p>`;
}
