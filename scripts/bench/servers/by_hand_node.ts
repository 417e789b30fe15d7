/**
 * The yardstick on Node: the fastest server that we can write by hand which makes all the checks.
 *
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { announcePort } from "./announce_port.ts";
import { checkHead, readBody, refuse, send } from "./http_checks_node.ts";
import { answerText, PARSE_ERROR_TEXT } from "./json_rpc_checks.ts";

const server = createServer(handle);
server.listen(0, "127.0.0.1", () => announcePort(server.address() as AddressInfo));

function handle(request: IncomingMessage, response: ServerResponse): void {
  const status = checkHead(request);
  if (status === 0) readBody(request, response, answer);
  else refuse(request, response, status);
}

function answer(response: ServerResponse, text: string): void {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return send(response, PARSE_ERROR_TEXT);
  }
  send(response, answerText(message));
}
