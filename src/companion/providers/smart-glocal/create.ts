import { ProviderError, type CreateRequest } from '../provider.ts';
import type { SmartGlocalClient } from './client.ts';
import { KeyReplayed } from './errors.ts';
import { sessionAnswerSchema, type Session } from './messages.ts';
import { createBody, initBody, startBody } from './requests.ts';
import type { SmartGlocalSettings } from './settings.ts';

/** More than are ever between the two calls at once. */
const MAX_OPENED = 1_000;

/**
 * How a session begins, as configured: by one call or by the pair of them. A call whose answer was lost is not answered
 * again when it is repeated (see {@link KeyReplayed}): then the session is recognised by its webhook.
 */
export function sessionOpener(
  client: SmartGlocalClient,
  { flow, channel }: Pick<SmartGlocalSettings, 'flow' | 'channel'>,
): (request: CreateRequest) => Promise<Session> {
  if (flow === 'create') return inTwoSteps(client, channel);
  return async (request) => {
    const { session } = await client.call({
      path: '/session/init/payment',
      body: initBody(request, channel),
      key: request.reference,
      answer: sessionAnswerSchema,
    });
    return session;
  };
}

function inTwoSteps(client: SmartGlocalClient, channel: SmartGlocalSettings['channel']) {
  /** Sessions by our reference whose payment could not be started yet: no webhook would ever name them. */
  const opened = new Map<string, Session>();

  async function open(request: CreateRequest): Promise<Session> {
    const { session } = await client.call({
      path: '/session/create',
      body: createBody(request),
      key: request.reference,
      answer: sessionAnswerSchema,
    });
    if (opened.size >= MAX_OPENED) opened.delete(opened.keys().next().value!);
    opened.set(request.reference, session);
    return session;
  }

  return async (request: CreateRequest): Promise<Session> => {
    const { reference } = request;
    const session = opened.get(reference) ?? (await open(request));
    try {
      const started = await client.call({
        path: '/session/start/payment',
        body: startBody(request, channel, session.id),
        key: `${reference}-start`,
        answer: sessionAnswerSchema,
      });
      if (started.session.id !== session.id) {
        throw new ProviderError('unavailable', 'Smart Glocal answered with another session than was started');
      }
      opened.delete(reference);
      return started.session;
    } catch (error) {
      if (!(error instanceof KeyReplayed)) throw error;
      // Started by a call whose answer was lost.
      opened.delete(reference);
      return session;
    }
  };
}
