/**
 * The yardstick on Deno: the fastest server that we can write by hand which makes all the checks.
 *
 * @module
 */
import { announcePort } from "./announce_port.ts";
import { checkHead, readCounted } from "./http_checks_deno.ts";
import { answerText, JSON_TYPE, PARSE_ERROR_TEXT } from "./json_rpc_checks.ts";

const INIT = { headers: { "content-type": JSON_TYPE } };

Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: announcePort }, handle);

async function handle(request: Request): Promise<Response> {
  const isDeclared = checkHead(request);
  if (typeof isDeclared === "object") return isDeclared;
  let message: unknown;
  try {
    message = isDeclared ? await request.json() : await readCounted(request);
  } catch {
    return new Response(PARSE_ERROR_TEXT, INIT);
  }
  if (message === undefined) return new Response("Content too large", { status: 413 });
  const answer = answerText(message);
  return answer === undefined ? new Response(null, { status: 204 }) : new Response(answer, INIT);
}
