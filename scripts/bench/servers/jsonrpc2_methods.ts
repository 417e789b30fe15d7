/**
 * The call on json-rpc-2.0, a dispatcher without HTTP.
 *
 * @module
 */
// deno-lint-ignore no-import-prefix -- a peer of the comparison, no dependency of the library
import { JSONRPCServer } from "npm:json-rpc-2.0@1.8.1";
import { sayHello } from "./json_rpc_checks.ts";

/** The dispatcher with its one method. */
export const rpc: JSONRPCServer = new JSONRPCServer();

rpc.addMethod("say_hello", ({ name }: { name: string }) => sayHello(name));
