/**
 * All ways to call a service. It starts one on a free port, calls it, prints what happens, and ends:
 *
 * ```sh
 * deno run -A examples/client/main.ts
 * ```
 *
 * @module
 */
import { MethodCall, Notification, RemoteService } from "@gemstone/gemstone/client";
import { callAsynchronously } from "./asynchronous.ts";
import { handleErrors, report } from "./errors.ts";
import { GreetingService } from "./service.ts";

/** One call after the other: each `await` goes on when the answer is there. */
async function callOneByOne(service: RemoteService<GreetingService>): Promise<void> {
  // The type comes from the class of the service: the editor knows the methods, the compiler their arguments.
  console.log("by position:", await service.methods.say_hello("world"));
  console.log("by name:", await service.methods.say_hello({ name: "world" }));

  // The same without a type, for a method whose name is known at run time only. It gives the whole answer.
  const result = await service.callMethod("say_hello", ["result"]);
  console.log("callMethod:", result.value, "/", result.error);
}

/** A notification is a call without an answer: it is over as soon as the service has taken it. */
async function notify(service: RemoteService<GreetingService>): Promise<void> {
  const answer = await service.notifications.welcome("Ann");
  console.log("notification:", answer);
  await service.notify("welcome", { name: "Bob" });
}

/** Many calls in one HTTP request. */
async function callBatch(service: RemoteService<GreetingService>): Promise<void> {
  const hello = new MethodCall("say_hello", ["batch"]);
  const wrong = new MethodCall("divide", [1, 0]);
  const answers = await service.callBatch(hello, new Notification("welcome", ["Eve"]), wrong);

  // Each answer is found by its call; the notification has none.
  console.log("batch:", answers.length, "answers");
  console.log("batch, hello:", answers.getResponseForCall(hello)?.value);
  console.log("batch, wrong:", answers.getResponseForCall(wrong)?.error?.message);
}

async function main(): Promise<void> {
  // Stopped at the end of this function, whatever happens in between.
  await using greeting = new GreetingService();
  greeting.port = 0;
  greeting.skipConfiguration = true;
  await greeting.start();

  // Makes no request and holds no connection: it needs no closing.
  const service = new RemoteService<GreetingService>(greeting.url, { timeoutMs: 5_000 });
  await callOneByOne(service);
  await notify(service);
  await callBatch(service);
  await callAsynchronously(service);
  await handleErrors(service);
  console.log("guests:", (await service.methods.guests()).sort().join(", "));

  await greeting.stop();
  await report("service stopped", service.methods.say_hello("anybody"));
}

if (import.meta.main) await main();
