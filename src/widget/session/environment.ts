/** The network, the clock and the random numbers of a session, passed in so that tests control them. */
export interface Environment {
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Returns the monotonic time, ms: a payer's wall clock may be wrong by hours, or jump. */
  now(): number;
  /** Calls back once after `ms`. Returns a function that cancels the timer. */
  after(ms: number, callback: () => void): () => void;
  /** Returns a number x, 0 ≤ x < 1. */
  random(): number;
}

export const browserEnvironment: Environment = {
  fetch: (url, init) => fetch(url, init),
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};
