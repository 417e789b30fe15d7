/**
 * The call on fastify: its route, its body parsing and limits, its answer, and the same checks as by hand.
 *
 * @module
 */
// deno-lint-ignore no-import-prefix -- a peer of the comparison, no dependency of the library
import { fastify } from "npm:fastify@5.12.8";
import type { AddressInfo } from "node:net";
import { announcePort } from "./announce_port.ts";
import { answerCall } from "./json_rpc_checks.ts";

const app = fastify();
app.removeContentTypeParser("text/plain");

// Verb, media type, body limit (1 MiB by default) and JSON are checked by fastify itself.
app.post("/api", (request, reply) => {
  const answer = answerCall(request.body);
  return answer === undefined ? reply.code(204).send() : reply.send(answer);
});
await app.listen({ host: "127.0.0.1", port: 0 });
announcePort(app.server.address() as AddressInfo);
