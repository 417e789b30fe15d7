/**
 * jayson with its own HTTP server. It answers on every path.
 *
 * @module
 */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { announcePort } from "./announce_port.ts";
import { sayHello } from "./json_rpc_checks.ts";

type Callback = (error: null, result: string) => void;

/** The part of jayson that is used here. */
interface Jayson {
  readonly Server: new (methods: Record<string, unknown>) => { http(): Server };
}

// Not a literal in import(), because the package depends on a @types/node so old that nothing else type checks.
const JAYSON = "npm:jayson@5.0.0";
const { default: jayson } = await import(JAYSON) as { default: Jayson };

const rpc = new jayson.Server({
  say_hello: ({ name }: { name: string }, callback: Callback) => callback(null, sayHello(name)),
});
const server = rpc.http();
server.listen(0, "127.0.0.1", () => announcePort(server.address() as AddressInfo));
