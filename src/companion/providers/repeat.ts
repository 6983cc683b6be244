import { ProviderError } from './provider.ts';

/**
 * The answer to a call that may have been carried out before. That it is refused now may be because it was: such a
 * refusal says nothing, and is thrown as `unavailable`.
 */
export async function answerToRepeat<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof ProviderError) || error.kind === 'unavailable') throw error;
    throw new ProviderError('unavailable', error.message, { cause: error });
  }
}
