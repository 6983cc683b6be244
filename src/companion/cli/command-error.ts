/** A command cannot do what it was told to. The message says why; a stack trace would help nobody. */
export class CommandError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CommandError';
  }
}
