/** The process's environment variables. */
export type Env = Readonly<Record<string, string | undefined>>;
