/**
 * Cuts connections with a TCP reset, at each point of a request and its answer, at an even pace.
 *
 * @module
 */
import { connect, type Socket } from "node:net";
import { Pacer } from "../pacer.ts";
import { takeOrders } from "./conversation.ts";

/** What the program is told to do. */
export interface ResetOrder {
  /** URLs of services under test. */
  readonly services: readonly string[];
  /** URLs of registries. */
  readonly registries: readonly string[];
  /** How many connections. */
  readonly count: number;
  /** For how long, in milliseconds. */
  readonly forMs: number;
}

/** What the program answers to `count`. */
export interface ResetCounts {
  /** Connections that were reset. */
  readonly made: number;
  /** Tries that found nobody listening, or no answer to cut; each was made up for. */
  readonly missed: number;
}

/** When a connection is cut: so long after all is written, or when the first bytes of an answer are there. */
type Moment = "written" | "answered";

interface Cut {
  readonly request: string;
  readonly moment: Moment;
}

const TICK_MS = 10;
/** Each cut that follows writing comes a little later than the one before: the server may be anywhere. */
const DELAYS_MS = 20;
const ANSWER_LIMIT_MS = 10_000;
const MOST_AT_ONCE = 20;

const HELLO = toRequest("say_hello", ["reset"]);
const SLOW = toRequest("linger", [100]);
const LARGE = toRequest("pad", [1_000_000]);
const LIST = toRequest("list_services", []);
const HALF_HEAD = HELLO.slice(0, 40);
const HALF_BODY = HELLO.slice(0, -20);

const SERVICE_CUTS: readonly Cut[] = [
  { request: HALF_HEAD, moment: "written" },
  { request: HALF_BODY, moment: "written" },
  { request: SLOW, moment: "written" },
  { request: LARGE, moment: "answered" },
  { request: HELLO, moment: "answered" },
  { request: HELLO + HALF_BODY, moment: "answered" },
  { request: HELLO + SLOW, moment: "answered" },
];
const REGISTRY_CUTS: readonly Cut[] = [
  { request: HALF_HEAD, moment: "written" },
  { request: HALF_BODY, moment: "written" },
  { request: LIST, moment: "answered" },
];

let [made, missed, underWay, turn] = [0, 0, 0, 0];

function begin({ services, registries, count, forMs }: ResetOrder): void {
  const targets = [
    ...SERVICE_CUTS.flatMap((cut) => services.map((url) => ({ port: portOf(url), cut }))),
    ...REGISTRY_CUTS.flatMap((cut) => registries.map((url) => ({ port: portOf(url), cut }))),
  ];
  const pacer = new Pacer(count / forMs * 1000, performance.now());
  let due = 0;
  const ticker = setInterval(() => {
    due += pacer.take(performance.now());
    if (made >= count) clearInterval(ticker);
    while (underWay < MOST_AT_ONCE && made + underWay < Math.min(due, count)) {
      const { port, cut } = targets[turn % targets.length]!;
      void reset(port, cut, turn++ % DELAYS_MS);
    }
  }, TICK_MS);
}

/** Counts one way or the other; never rejects. */
async function reset(port: number, { request, moment }: Cut, delayMs: number): Promise<void> {
  underWay++;
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  try {
    await happened(socket, "connect");
    socket.write(request, "latin1");
    if (moment === "answered") await happened(socket, "data");
    else await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (socket.destroyed) throw new Error("The server was faster");
    socket.resetAndDestroy();
    made++;
  } catch {
    // A registry that is being killed, for example: another one gets this reset.
    socket.destroy();
    missed++;
  }
  underWay--;
}

function happened(socket: Socket, event: "connect" | "data"): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("Nothing came")), ANSWER_LIMIT_MS);
    const settle = (work: () => void) => (): void => {
      clearTimeout(timer);
      // What comes before the reset stays in the socket, so that the server is still sending.
      if (event === "data") socket.pause();
      work();
    };
    socket.once(event, settle(resolve)).once("close", settle(() => reject(new Error("Closed"))));
    socket.on("error", () => {});
  });
}

function toRequest(method: string, params: readonly unknown[]): string {
  const body = JSON.stringify({ jsonrpc: "2.0", method, params, id: 1 });
  return "POST /api HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n" +
    `content-length: ${body.length}\r\n\r\n${body}`;
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

takeOrders({ begin, count: (): ResetCounts => ({ made, missed }) }, {});
