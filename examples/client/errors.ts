/**
 * What can go wrong with a call, and how to tell. Part of the example in `main.ts`.
 *
 * @module
 */
import {
  CallTimeoutError,
  RemoteCallError,
  RemoteService,
  RemoteServiceError,
} from "@gemstone/gemstone/client";
import type { GreetingService } from "./service.ts";

/**
 * Makes calls that fail.
 *
 * @param service The service to call.
 */
export async function handleErrors(service: RemoteService<GreetingService>): Promise<void> {
  await report("application error", service.methods.divide(1, 0));

  // Without a type anything compiles, and the service is the one to refuse.
  const untyped = new RemoteService(service.url);
  await report("unknown method", untyped.methods.no_such_method());
  await report("wrong arguments", untyped.methods.divide({ dividend: 1 }));

  // 100 ms for one call; the settings of the client count for all others.
  await report("timeout", service.callMethod("slow_method", [60], { timeoutMs: 100 }));

  const giveUp = new AbortController();
  const call = service.callMethod("slow_method", [60], { signal: giveUp.signal });
  giveUp.abort();
  await report("abort", call);
}

/**
 * Prints how a call ends.
 *
 * @param what Stands in front.
 * @param call The call.
 */
export async function report(what: string, call: Promise<unknown>): Promise<void> {
  try {
    console.log(`${what}: no error, but`, await call);
  } catch (error) {
    console.log(`${what}:`, explain(error));
  }
}

/** From the special to the general; every class has a stable `code` too, for a `switch`. */
function explain(error: unknown): string {
  if (error instanceof RemoteCallError) {
    return `the service says ${error.rpcCode} ${error.message}, ${JSON.stringify(error.data)}`;
  }
  if (error instanceof CallTimeoutError) return `no answer within ${error.timeoutMs} ms`;
  if (error instanceof RemoteServiceError) return `no answer, ${error.code}`;
  throw error;
}
