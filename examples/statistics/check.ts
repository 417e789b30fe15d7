import { assert, assertEquals, assertRejects } from "@std/assert";
import { RemoteService } from "@gemstone/gemstone/client";
import type { CountedService } from "./main.ts";

/** The methods that the settings expose are no methods of the class. */
interface Exposed {
  get_service_specs(): { name: string; methods: Record<string, string | null> };
  statistics(): {
    method_calls_count: number;
    method_calls: Record<string, { total_calls: number; failed_calls: number; average_resp_time: number }>;
  };
}

export async function check({ url }: { url: string }): Promise<void> {
  const counted = new RemoteService<CountedService>(`${url}/api`).methods;
  const exposed = new RemoteService<Exposed>(`${url}/api`).methods;

  const { name, methods } = await exposed.get_service_specs();
  assertEquals(name, "counted");
  assertEquals(methods.add, "Adds two numbers.");
  assertEquals(methods.divide, "Deprecated.\n\nDivides.\n\nFails for 0.");

  await counted.add(1, 2);
  await counted.add(3, 4);
  await assertRejects(() => counted.divide(1, 0));
  const { method_calls_count, method_calls } = await exposed.statistics();
  assertEquals([method_calls.add?.total_calls, method_calls.add?.failed_calls], [2, 0]);
  assertEquals([method_calls.divide?.total_calls, method_calls.divide?.failed_calls], [1, 1]);
  assertEquals(method_calls_count, 4);
  assert((method_calls.add?.average_resp_time ?? -1) >= 0);
}
