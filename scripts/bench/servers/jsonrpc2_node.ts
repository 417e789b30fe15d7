/**
 * json-rpc-2.0 on Node. It is a dispatcher without HTTP, so the checks of the HTTP head are those by hand.
 *
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { announcePort } from "./announce_port.ts";
import { checkHead, readBody, refuse, send } from "./http_checks_node.ts";
import { rpc } from "./jsonrpc2_methods.ts";

const server = createServer(handle);
server.listen(0, "127.0.0.1", () => announcePort(server.address() as AddressInfo));

function handle(request: IncomingMessage, response: ServerResponse): void {
  const status = checkHead(request);
  if (status === 0) readBody(request, response, answer);
  else refuse(request, response, status);
}

async function answer(response: ServerResponse, text: string): Promise<void> {
  const reply = await rpc.receiveJSON(text);
  send(response, reply === null ? undefined : JSON.stringify(reply));
}
