/**
 * The call on Hono, for both runtimes: its route, its body parsing, its answer, and the same checks as by hand.
 *
 * @module
 */
// deno-lint-ignore no-import-prefix -- a peer of the comparison, no dependency of the library
import { Hono } from "npm:hono@4.13.19";
import { answerCall, isJsonType, MAX_BODY_BYTES, PARSE_ERROR_TEXT } from "./json_rpc_checks.ts";

/** The app; it answers POST /api. */
export const app: Hono = new Hono();

app.post("/api", async (context) => {
  if (!isJsonType(context.req.header("content-type"))) return context.text("Unsupported media type", 415);
  const length = context.req.header("content-length");
  if (length === undefined || !(+length <= MAX_BODY_BYTES)) return context.text("Content too large", 413);
  let message: unknown;
  try {
    message = await context.req.json();
  } catch {
    return context.json(JSON.parse(PARSE_ERROR_TEXT));
  }
  const answer = answerCall(message);
  return answer === undefined ? context.body(null, 204) : context.json(answer);
});
