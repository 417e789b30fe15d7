/** A client that gets the same answer to everything. */
import { type CallId, MethodCall } from "../../src/client/call.ts";
import { RemoteService } from "../../src/client/remote_service.ts";
import type { Result } from "../../src/client/result.ts";

/** Makes a client that gets this answer to everything. */
export function createService(body: string | null, status = 200): RemoteService {
  return new RemoteService("http://service.test/api", {
    fetch: () => Promise.resolve(new Response(body, { status })),
  });
}

/** Calls the method `f` with an id that the answer can have. */
export function call(service: RemoteService, id: CallId = 1): Promise<Result> {
  return service.callMethod(new MethodCall("f", [], id));
}
