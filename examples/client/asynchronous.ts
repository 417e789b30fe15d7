/**
 * Several calls under way at once. Part of the example in `main.ts`.
 *
 * @module
 */
import {
  asCompleted,
  type AsyncMethodCall,
  firstCompleted,
  makeCallbacks,
  type RemoteService,
} from "@gemstone/gemstone/client";
import type { GreetingService } from "./service.ts";

/**
 * Shows how calls are begun, watched and collected.
 *
 * @param service The service to call.
 */
export async function callAsynchronously(service: RemoteService<GreetingService>): Promise<void> {
  await watchOneCall(service);
  const begin = () => [0.5, 0.1, 0.3].map((seconds) => service.asyncMethods.slow_method(seconds));
  await takeInOrder(begin());
  await takeFirst(begin());
  await useCallbacks([...begin(), service.callMethodAsync<string>("no_such_method")]);
}

async function watchOneCall(service: RemoteService<GreetingService>): Promise<void> {
  // Gives a call at once, not an answer; callMethodAsync("slow_method", [0.1]) does the same without a type.
  const call = service.asyncMethods.slow_method(0.1);
  console.log("asynchronous, finished:", call.finished());
  await call.wait();
  console.log("asynchronous, finished:", call.finished(), "/", call.result(), "/", call.error());
}

/** Together these take as long as the slowest, and the fastest is there first. */
async function takeInOrder(calls: AsyncMethodCall<string>[]): Promise<void> {
  for await (const call of asCompleted(...calls)) console.log("as completed:", call.result());
}

async function takeFirst(calls: AsyncMethodCall<string>[]): Promise<void> {
  const first = await firstCompleted(...calls);
  console.log("first completed:", first.value);
  // The others run on unless they are ended; one that has finished does not mind.
  for (const call of calls) call.abort();
}

async function useCallbacks(calls: AsyncMethodCall<string>[]): Promise<void> {
  await makeCallbacks(calls, {
    onResult: (value) => console.log("callback:", value),
    onError: (error) => console.log("callback for an error:", error.message),
  });
}
