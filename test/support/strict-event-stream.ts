export interface StreamEvent {
  readonly type: string;
  readonly data: string;
  /** The last event id at the time of this event. */
  readonly lastEventId: string;
}

/**
 * Parses an event stream from its bytes, step by step as in the HTML standard ("Interpreting an event stream"). Shows
 * what a browser's EventSource would read, as a check of the product's own parser.
 */
export class StrictEventStream {
  readonly events: StreamEvent[] = [];
  readonly comments: string[] = [];
  readonly retries: number[] = [];
  /** The `Last-Event-ID` of a reconnect. */
  lastEventId = '';
  /** The last line that is not empty. */
  lastLine = '';
  readonly #decoder = new TextDecoder();
  #text = '';
  #afterReturn = false;
  #type = '';
  #data = '';
  #id = '';

  feed(bytes: Uint8Array): void {
    this.#text += this.#decoder.decode(bytes, { stream: true });
    for (;;) {
      // A line feed after a carriage return belongs to the same line end, even in a later chunk.
      if (this.#afterReturn && this.#text !== '') {
        if (this.#text.startsWith('\n')) this.#text = this.#text.slice(1);
        this.#afterReturn = false;
      }
      const end = this.#text.search(/[\r\n]/);
      if (end < 0) return;
      const line = this.#text.slice(0, end);
      this.#afterReturn = this.#text[end] === '\r';
      this.#text = this.#text.slice(end + 1);
      this.#take(line);
    }
  }

  #take(line: string): void {
    if (line === '') {
      this.#dispatch();
      return;
    }
    this.lastLine = line;
    const colon = line.indexOf(':');
    if (colon === 0) {
      this.comments.push(line.slice(1));
    } else if (colon > 0) {
      this.#field(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''));
    } else {
      this.#field(line, '');
    }
  }

  #field(name: string, value: string): void {
    if (name === 'event') this.#type = value;
    else if (name === 'data') this.#data += `${value}\n`;
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
    else if (name === 'retry' && /^[0-9]+$/.test(value)) this.retries.push(Number(value));
  }

  #dispatch(): void {
    this.lastEventId = this.#id;
    if (this.#data !== '') {
      this.events.push({
        type: this.#type === '' ? 'message' : this.#type,
        data: this.#data.slice(0, -1),
        lastEventId: this.lastEventId,
      });
    }
    this.#data = '';
    this.#type = '';
  }
}
