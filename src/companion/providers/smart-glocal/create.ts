import { randomBytes } from 'node:crypto';
import type { CreateRequest } from '../provider.ts';
import type { SmartGlocalClient } from './client.ts';
import { AnotherSession, KeyReplayed } from './errors.ts';
import { sessionResponseSchema, type Session } from './messages.ts';
import { createBody, initBody, startBody } from './requests.ts';
import type { Channel, SmartGlocalSettings } from './settings.ts';

/** More sessions than ever wait at once. */
const MAX_KEPT = 1_000;

/** A webhook names a session whose create got no response within this time, or never. */
const NAMED_WITHIN_MS = 30_000;

/** Returns the function that opens a session, in one call or in two, as configured. `now`: Unix time in ms. */
export function sessionOpener(
  client: SmartGlocalClient,
  { flow, channel }: Pick<SmartGlocalSettings, 'flow' | 'channel'>,
  now: () => number,
): (request: CreateRequest) => Promise<Session> {
  return flow === 'create' ? inTwoSteps(client, channel) : inOneStep(client, channel, now);
}

/**
 * A repeat of a call whose response was lost gets no response either: the webhook names the session. A session that is
 * not named in time is abandoned for a new one. That cannot make two sessions payable: there is no link before our
 * confirmation, which goes only to the session that is known.
 */
function inOneStep(client: SmartGlocalClient, channel: Channel, now: () => number) {
  /** The time since which a session has no name, by our reference. */
  const unnamed = new Map<string, number>();

  async function init(request: CreateRequest, key: string): Promise<Session> {
    const { session } = await client.call({
      path: '/session/init/payment',
      body: initBody(request, channel),
      key,
      responseSchema: sessionResponseSchema,
    });
    unnamed.delete(request.reference);
    return session;
  }

  return async (request: CreateRequest): Promise<Session> => {
    const { reference } = request;
    try {
      return await init(request, reference);
    } catch (error) {
      if (!(error instanceof KeyReplayed)) throw error;
      // The clock may have been set back since.
      const since = Math.min(unnamed.get(reference) ?? Infinity, now());
      keep(unnamed, reference, since);
      if (now() - since < NAMED_WITHIN_MS) throw error;
      return init(request, freshKey(reference));
    }
  };
}

/** Forgets the oldest entry when the map is full. */
function keep<T>(map: Map<string, T>, key: string, value: T): void {
  if (map.size >= MAX_KEPT && !map.has(key)) map.delete(map.keys().next().value!);
  map.set(key, value);
}

function freshKey(reference: string): string {
  return `${reference}-again-${randomBytes(6).toString('hex')}`;
}

/**
 * No webhook names a session that was not started, so a session whose create got no response is abandoned for a new
 * one. That cannot make two sessions payable: all sessions of a reference are started with one key, which works once.
 */
function inTwoSteps(client: SmartGlocalClient, channel: Channel) {
  /** Sessions by our reference, until their payment is known to be started. */
  const opened = new Map<string, Session>();
  const underWay = new Map<string, Promise<Session>>();

  async function create(request: CreateRequest): Promise<Session> {
    const call = {
      path: '/session/create',
      body: createBody(request),
      responseSchema: sessionResponseSchema,
    };
    try {
      return (await client.call({ ...call, key: request.reference })).session;
    } catch (error) {
      if (!(error instanceof KeyReplayed)) throw error;
      return (await client.call({ ...call, key: freshKey(request.reference) })).session;
    }
  }

  async function open(request: CreateRequest): Promise<Session> {
    const session = await create(request);
    keep(opened, request.reference, session);
    return session;
  }

  async function start(request: CreateRequest, id: string): Promise<Session> {
    try {
      const { session } = await client.call({
        path: '/session/start/payment',
        body: startBody(request, channel, id),
        key: `${request.reference}-start`,
        responseSchema: sessionResponseSchema,
      });
      return session;
    } catch (error) {
      if (!(error instanceof KeyReplayed)) throw error;
      // A call whose response was lost has started this session, or one that was abandoned too early.
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

  /**
   * One call at a time for each reference: a repeat beside the first would take a create in progress for a lost one.
   */
  return (request: CreateRequest): Promise<Session> => {
    const { reference } = request;
    const already = underWay.get(reference);
    if (already) return already;
    const begun = begin(request).finally(() => underWay.delete(reference));
    underWay.set(reference, begun);
    return begun;
  };
}
