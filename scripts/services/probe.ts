/** @module */
import { Buffer } from "node:buffer";
import { connect } from "node:net";
import { FieldWriter, FRAME, takeFrame, toFrame } from "../../tests/support/amqp_frames.ts";

const LIMIT_MS = 3000;
/** What a client sends first (AMQP 0-9-1, section 4.2.2). */
const HEADER = Buffer.from("AMQP\x00\x00\x09\x01", "latin1");
const LOGIN = new FieldWriter().int(2, 10).int(2, 11).long("").short("PLAIN").long("\0guest\0guest").short(
  "en_US",
);
/** The first four bytes of the methods: class and number. */
const CONNECTION_START = 0x000a000a;
const CONNECTION_TUNE = 0x000a001e;

/**
 * Asks a port of this machine for a RabbitMQ that lets guest in.
 *
 * @param port The port.
 * @returns Whether it does.
 */
export function answersAmqp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(LIMIT_MS, () => finish(false));
    socket.on("error", () => finish(false)).on("end", () => finish(false));
    let received: Buffer = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const method = takeMethod();
      // The broker asks who we are; those who may go on are told its limits.
      if (method === CONNECTION_START) socket.write(toFrame(FRAME.method, 0, LOGIN.bytes));
      else if (method !== undefined) finish(method === CONNECTION_TUNE);
    });
    const takeMethod = (): number | undefined => {
      try {
        const taken = takeFrame(received);
        received = taken?.rest ?? received;
        return taken?.frame.payload.readUInt32BE(0);
      } catch {
        // Somebody who speaks something else.
        return -1;
      }
    };
    socket.write(HEADER);
  });
}
