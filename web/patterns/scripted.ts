/** A browser whose network and storage are played: `WebSocket`, `fetch`, `localStorage` and `sessionStorage` of this page. */

export interface Wire {
  type: string;
  id?: string;
  [field: string]: unknown;
}

/** One server, as a state of the page scripts it. */
export interface Script {
  /** Whether a connection can be had at all. */
  reachable: boolean;
  /** Frames that are sent as soon as somebody is connected. */
  greeting(): Wire[];
  /** Gives a message its number; other frames stay as they are. */
  number(frame: Wire): Wire;
  /** Frames that answer one of the client's. */
  answer(frame: Wire): Wire[];
  /** The answer to an HTTP request; undefined lets it through to the real server. */
  respond(url: URL, method: string): Response | undefined;
}

export interface Network {
  /** To everybody who is connected. */
  tell(frame: Wire): void;
  /** Closes every connection; from then on there is none unless `reachable`. */
  cut(code: number, reachable: boolean): void;
}

/** Plays `script` from now on, for everything this page loads later. */
export function playNetwork(script: Script): Network {
  const open = new Set<ScriptedSocket>();

  /** What the page's scripts use of a WebSocket. */
  class ScriptedSocket extends EventTarget {
    static readonly OPEN = 1;
    static readonly CLOSED = 3;
    readyState = 0;
    onopen: ((event: Event) => void) | null = null;
    onmessage: ((event: MessageEvent) => void) | null = null;
    onclose: ((event: CloseEvent) => void) | null = null;
    onerror: ((event: Event) => void) | null = null;

    constructor(readonly url: string | URL) {
      super();
      setTimeout(() => (script.reachable ? this.#begin() : this.end(1006)));
    }

    #begin(): void {
      if (this.readyState !== 0) return;
      this.readyState = ScriptedSocket.OPEN;
      open.add(this);
      this.#emit("open", new Event("open"));
      this.hear(script.greeting());
    }

    send(text: string): void {
      if (this.readyState !== ScriptedSocket.OPEN) throw new DOMException("The scripted socket is not open.", "InvalidStateError");
      const frame = JSON.parse(text) as Wire;
      setTimeout(() => this.hear(script.answer(frame)));
    }

    close(code = 1000): void {
      setTimeout(() => this.end(code));
    }

    hear(frames: Wire[]): void {
      for (const frame of frames) {
        if (open.has(this)) this.#emit("message", new MessageEvent("message", { data: JSON.stringify(frame) }));
      }
    }

    end(code: number): void {
      if (this.readyState === ScriptedSocket.CLOSED) return;
      this.readyState = ScriptedSocket.CLOSED;
      open.delete(this);
      this.#emit("close", new CloseEvent("close", { code }));
    }

    #emit(name: "open" | "message" | "close", event: Event): void {
      (this[`on${name}`] as ((event: Event) => void) | null)?.(event);
      this.dispatchEvent(event);
    }
  }

  const load = window.fetch.bind(window);
  window.WebSocket = ScriptedSocket as unknown as typeof WebSocket;
  window.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input, location.href);
    const answer = script.respond(url, init?.method ?? "GET");
    return answer ?? load(input, init);
  };

  return {
    tell: (frame) => open.forEach((socket) => socket.hear([frame])),
    cut(code, reachable) {
      script.reachable = reachable;
      for (const socket of [...open]) socket.end(code);
    },
  };
}

/** Empty and this page's own: frames of one site share their real storage. */
export function playStorage(): void {
  for (const name of ["localStorage", "sessionStorage"]) {
    const kept = new Map<string, string>();
    const storage: Partial<Storage> = {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, String(value)),
      removeItem: (key) => void kept.delete(key),
      clear: () => kept.clear(),
      key: (place) => [...kept.keys()][place] ?? null,
    };
    Object.defineProperty(window, name, { value: storage });
  }
}

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
}
