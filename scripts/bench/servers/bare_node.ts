/**
 * The least that listens on Node: what start-up is compared with.
 *
 * @module
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { announcePort } from "./announce_port.ts";

const server = createServer((_request, response) => response.end("hello world"));
server.listen(0, "127.0.0.1", () => announcePort(server.address() as AddressInfo));
