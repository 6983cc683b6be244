import { randomBytes } from 'node:crypto';
import type { CreateRequest } from '../provider.ts';
import type { SmartGlocalClient } from './client.ts';
import { AnotherSession, KeyReplayed } from './errors.ts';
import { sessionAnswerSchema, type Session } from './messages.ts';
import { createBody, initBody, startBody } from './requests.ts';
import type { Channel, SmartGlocalSettings } from './settings.ts';

/** More than are ever between the two calls at once. */
const MAX_OPENED = 1_000;

/** How a session begins, as configured: by one call or by the pair of them. */
export function sessionOpener(
  client: SmartGlocalClient,
  { flow, channel }: Pick<SmartGlocalSettings, 'flow' | 'channel'>,
): (request: CreateRequest) => Promise<Session> {
  return flow === 'create' ? inTwoSteps(client, channel) : inOneStep(client, channel);
}

/** A call whose answer was lost is not answered again when it is repeated: then the webhook names the session. */
function inOneStep(client: SmartGlocalClient, channel: Channel) {
  return async (request: CreateRequest): Promise<Session> => {
    const { session } = await client.call({
      path: '/session/init/payment',
      body: initBody(request, channel),
      key: request.reference,
      answer: sessionAnswerSchema,
    });
    return session;
  };
}

/**
 * No webhook names a session that was not started, so one whose create was not answered is given up for another. That
 * cannot make two of them payable: all sessions of a reference are started under one key, which works once.
 */
function inTwoSteps(client: SmartGlocalClient, channel: Channel) {
  /** Sessions by our reference whose payment is not known to have been started. */
  const opened = new Map<string, Session>();
  const underWay = new Map<string, Promise<Session>>();

  async function create(request: CreateRequest): Promise<Session> {
    const call = { path: '/session/create', body: createBody(request), answer: sessionAnswerSchema };
    try {
      return (await client.call({ ...call, key: request.reference })).session;
    } catch (error) {
      if (!(error instanceof KeyReplayed)) throw error;
      const key = `${request.reference}-again-${randomBytes(6).toString('hex')}`;
      return (await client.call({ ...call, key })).session;
    }
  }

  async function open(request: CreateRequest): Promise<Session> {
    const session = await create(request);
    if (opened.size >= MAX_OPENED) opened.delete(opened.keys().next().value!);
    opened.set(request.reference, session);
    return session;
  }

  async function start(request: CreateRequest, id: string): Promise<Session> {
    try {
      const { session } = await client.call({
        path: '/session/start/payment',
        body: startBody(request, channel, id),
        key: `${request.reference}-start`,
        answer: sessionAnswerSchema,
      });
      return session;
    } catch (error) {
      if (!(error instanceof KeyReplayed)) throw error;
      // Started by a call whose answer was lost: this session, or one that was given up too early.
      const session = await client.session(id);
      if (session.acquiring_payments.length === 0) throw error;
      return session;
    }
  }

  async function begin(request: CreateRequest): Promise<Session> {
    const { id } = opened.get(request.reference) ?? (await open(request));
    const started = await start(request, id);
    if (started.id !== id) throw new AnotherSession();
    opened.delete(request.reference);
    return started;
  }

  /** One call at a time for each: a repeat beside the first would take its unanswered create for a lost one. */
  return (request: CreateRequest): Promise<Session> => {
    const { reference } = request;
    const already = underWay.get(reference);
    if (already) return already;
    const begun = begin(request).finally(() => underWay.delete(reference));
    underWay.set(reference, begun);
    return begun;
  };
}
