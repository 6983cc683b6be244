import type { Snapshot } from '../../protocol/snapshot.ts';
import type { CheckoutApi } from './api.ts';
import type { Answer, Connection } from './types.ts';
import { withDeadline } from './deadline.ts';
import { ANSWER_TIMEOUT_MS, NEWS_MS, OVERDUE_MS, PROOF_MS, pollPause } from './timing.ts';
import { waitAfterTrouble } from './next-step.ts';
import { SideQuestions } from './side-questions.ts';
import { readStream, type StreamEnd } from './stream.ts';
import type { StreamRecord } from './stream-record.ts';
import type { Environment } from './environment.ts';

/** The part of the session that listen() uses. */
interface Listener {
  readonly api: CheckoutApi;
  readonly environment: Environment;
  readonly signal: AbortSignal;
  readonly streams: StreamRecord;
  /** Returns the newest version that the page has, from the stream or a request. */
  readonly version: () => number;
  /** Takes a value from the stream. Returns `null` when it is no snapshot of this payment. */
  readonly take: (value: unknown) => Snapshot | null;
  /** Called when the stream brought a damaged snapshot, which has to be requested again. */
  readonly garbled: () => void;
  readonly ask: () => Promise<Answer>;
  /** Returns the time until a request may be sent, ms; zero or negative when one may be sent now. */
  readonly barredMs: () => number;
  /** Returns the number of failed requests in a row. */
  readonly failures: () => number;
  readonly connect: (connection: Connection) => void;
}

/**
 * Listens to one stream until its end, and polls meanwhile. A proxy may hold back the whole stream, all but its first bytes, or
 * only the snapshots, and nothing in the stream shows that. So polling goes on until the stream has brought the needed proof that
 * it works. A trusted stream is still checked by a rare request while it brings no snapshot. A stream that does not bring a
 * version that a request has brought counts as silent.
 */
export async function listen(session: Listener): Promise<StreamEnd> {
  const { environment, streams } = session;
  const line = withDeadline(session.signal, environment);
  const { needed } = streams;
  const isOnProbation = needed !== 'bytes';
  const openedWith = session.version();
  /** The newest version that the stream has brought, or was opened with. */
  let heard = openedWith;
  /** The version that a request has brought and that the stream must bring, too. */
  let overdue = 0;
  let firstAt: number | null = null;
  // An object, since TypeScript does not see that callbacks change its fields.
  const stream = { isTrusted: false, isSilent: false };

  const questions = new SideQuestions(environment, async () => {
    if (overdue > heard) {
      stream.isSilent = true;
      line.end();
      return null;
    }
    const barredMs = session.barredMs();
    if (barredMs > 0) return barredMs;
    const answer = await session.ask();
    if (line.signal.aborted) return null;
    if (answer.kind === 'trouble') {
      if (stream.isTrusted) return NEWS_MS;
      const { ms, connection } = waitAfterTrouble(answer, session.failures(), environment.random());
      if (connection) session.connect(connection);
      return ms;
    }
    if (!stream.isTrusted) {
      session.connect('polling');
      return pollPause(environment.random());
    }
    overdue = session.version();
    return overdue > heard ? OVERDUE_MS : NEWS_MS;
  });

  const rely = (): void => {
    if (!stream.isTrusted) questions.within(NEWS_MS);
    stream.isTrusted = true;
    session.connect('live');
  };

  questions.within(isOnProbation ? pollPause(environment.random()) : ANSWER_TIMEOUT_MS);
  const end = await readStream(session.api, heard, environment, line.signal, {
    alive() {
      firstAt ??= environment.now();
      const isLate = environment.now() - firstAt >= PROOF_MS;
      if (isLate && needed !== 'news') streams.proven();
      if (stream.isTrusted || needed === 'bytes' || (needed === 'late-bytes' && isLate)) rely();
    },
    snapshot(value) {
      const snapshot = session.take(value);
      if (!snapshot) {
        session.garbled();
        return false;
      }
      if (snapshot.version > openedWith && needed === 'news') {
        streams.proven();
        rely();
      }
      heard = Math.max(heard, snapshot.version);
      if (stream.isTrusted) questions.within(NEWS_MS);
      return true;
    },
  });
  questions.stop();
  line.end();
  return stream.isSilent ? { kind: 'silent', hasBeaten: true } : end;
}
