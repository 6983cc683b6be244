/** What a session needs from the environment, passed in so that tests own the network and the time. */
export interface Environment {
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Monotonic milliseconds: a payer's wall clock may be hours off or jump. */
  now(): number;
  /** Calls back once after `ms`; the answer cancels it. */
  after(ms: number, callback: () => void): () => void;
  /** 0 ≤ x < 1. */
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
