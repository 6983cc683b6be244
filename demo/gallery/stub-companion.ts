import { PROBLEM_MEDIA_TYPE } from '../../src/protocol/problem.ts';
import { HEARTBEAT_MS } from '../../src/protocol/stream.ts';
import { BANKS, SCENARIOS, snapshotOf, type Scenario } from './scenarios.ts';

/** Serves the checkout API for tokens that are the name of a scenario. All other requests go to the network. */
export function stubCompanion(): void {
  const network = window.fetch.bind(window);
  window.fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input, location.href);
    const path = /\/checkout\/v1\/session(.*)$/.exec(url.pathname)?.[1];
    const token = new Headers(init?.headers).get('authorization')?.replace('Bearer ', '');
    const scenario = SCENARIOS.find(({ name }) => name === token);
    if (path === undefined || !scenario) return network(input, init);
    if (init?.method === 'POST') return answerAct(path, scenario);
    return answer(path, scenario, init?.signal ?? null);
  };
}

function answer(path: string, scenario: Scenario, signal: AbortSignal | null): Promise<Response> {
  if (scenario.refusal) return Promise.resolve(refuse(scenario.refusal));
  if (path === '/banks') {
    return Promise.resolve(scenario.noBanks ? new Response(null, { status: 503 }) : json(BANKS));
  }
  if (!scenario.snapshot) return never(signal);
  if (path === '') return Promise.resolve(json(snapshotOf(scenario)));
  const stream = new ReadableStream({
    start(controller) {
      const beat = (): void => controller.enqueue(new TextEncoder().encode(':\n\n'));
      beat();
      const heart = setInterval(beat, HEARTBEAT_MS);
      signal?.addEventListener('abort', () => {
        clearInterval(heart);
        controller.error(new Error('aborted'));
      });
    },
  });
  return Promise.resolve(new Response(stream, { headers: { 'content-type': 'text/event-stream' } }));
}

function refuse({ status, code }: NonNullable<Scenario['refusal']>): Response {
  const headers = { 'content-type': PROBLEM_MEDIA_TYPE };
  return new Response(JSON.stringify({ code }), { status, headers });
}

function answerAct(path: string, scenario: Scenario): Promise<Response> {
  const { status, retryAfter } = scenario.answers?.[path] ?? { status: 200 };
  if (status === 200) return Promise.resolve(json(snapshotOf(scenario)));
  const headers = { 'retry-after': String(retryAfter ?? 0) };
  return Promise.resolve(new Response(null, { status, headers }));
}

/** Replaces `Response.json`, which the oldest supported browsers do not have. */
function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });
}

function never(signal: AbortSignal | null): Promise<Response> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('aborted')));
  });
}
