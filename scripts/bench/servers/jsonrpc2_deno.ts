/**
 * json-rpc-2.0 on Deno. It is a dispatcher without HTTP, so the checks of the HTTP head are those by hand.
 *
 * @module
 */
import { announcePort } from "./announce_port.ts";
import { checkHead, readCounted } from "./http_checks_deno.ts";
import { JSON_TYPE, PARSE_ERROR_TEXT } from "./json_rpc_checks.ts";
import { rpc } from "./jsonrpc2_methods.ts";

const INIT = { headers: { "content-type": JSON_TYPE } };

Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: announcePort }, handle);

async function handle(request: Request): Promise<Response> {
  const isDeclared = checkHead(request);
  if (typeof isDeclared === "object") return isDeclared;
  let message;
  try {
    message = isDeclared ? await request.json() : await readCounted(request);
  } catch {
    return new Response(PARSE_ERROR_TEXT, INIT);
  }
  if (message === undefined) return new Response("Content too large", { status: 413 });
  const answer = await rpc.receive(message);
  return answer === null ? new Response(null, { status: 204 }) : new Response(JSON.stringify(answer), INIT);
}
