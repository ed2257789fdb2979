// The live socket: comes back by itself, goes on where it stood, and says how it stands.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const SILENT_MAX_MS = 15_000;
const UNKNOWN_SINCE = 4410;

export class Live {
  #cursor = null;
  #waitMs = FIRST_WAIT_MS;
  #heard = 0;
  #socket = null;

  // hear: {ready(resumed), point(data), alert(data), heartbeat(data), state(name)}
  constructor(hear) {
    this.hear = hear;
    setInterval(() => this.#watch(), 1000);
  }

  connect() {
    this.hear.state("connecting");
    const since = this.#cursor ? `?since=${encodeURIComponent(this.#cursor)}` : "";
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/api/v1/live${since}`);
    const resumed = this.#cursor !== null;
    this.#heard = Date.now();
    this.#socket = socket;
    socket.onmessage = (event) => this.#take(JSON.parse(event.data), resumed);
    socket.onclose = (event) => this.#lose(socket, event.code);
  }

  #take(message, resumed) {
    this.#heard = Date.now();
    if (message.cursor) this.#cursor = message.cursor;
    if (message.type === "ready") {
      this.#waitMs = FIRST_WAIT_MS;
      this.hear.state("live");
      this.hear.ready(resumed);
    } else if (message.type !== "error") {
      this.hear[message.type]?.(message.data);
    }
  }

  #lose(socket, code) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    if (code === UNKNOWN_SINCE) this.#cursor = null;
    this.hear.state("lost");
    setTimeout(() => this.connect(), this.#waitMs);
    this.#waitMs = Math.min(2 * this.#waitMs, LONGEST_WAIT_MS);
  }

  #watch() {
    const socket = this.#socket;
    if (socket && Date.now() - this.#heard > SILENT_MAX_MS) {
      socket.close();
      this.#lose(socket, 1006);
    }
  }
}
