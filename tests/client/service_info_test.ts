import { assertEquals, assertRejects } from "@std/assert";
import { RemoteService } from "../../src/client/remote_service.ts";
import { InvalidResponseError, MethodNotFoundError } from "../../src/errors.ts";
import { answerResult, send, withServer } from "./test_server.ts";

const SPECS = {
  host: "127.0.0.1",
  name: "hello_world_service",
  methods: { say_hello: "Greets", get_service_specs: null, odd: 5 },
};

Deno.test("refreshServiceInfo() asks get_service_specs for the name and the methods", async () => {
  await withServer(answerResult(SPECS), async (server) => {
    const service = new RemoteService(server.url);

    const info = await service.refreshServiceInfo();

    assertEquals(server.requests[0]?.body.method, "get_service_specs");
    assertEquals(service.name, "hello_world_service");
    assertEquals(info.methods.get("say_hello"), "Greets");
    assertEquals(info.methods.get("odd"), null);
    assertEquals(info.specs.host, "127.0.0.1");
  });
});

Deno.test("getAvailableMethods() asks once", async () => {
  await withServer(answerResult(SPECS), async (server) => {
    const service = new RemoteService(server.url);

    await service.getAvailableMethods();
    const names = await service.getAvailableMethods();

    assertEquals(names, ["say_hello", "get_service_specs", "odd"]);
    assertEquals(server.requests.length, 1);
  });
});

Deno.test("getAvailableMethods() rejects when the service does not tell", async () => {
  const error = { code: -32601, message: "Method not found" };
  await withServer(
    (request, response) => send(response, { jsonrpc: "2.0", error, id: request.body.id }),
    async (server) => {
      await assertRejects(() => new RemoteService(server.url).getAvailableMethods(), MethodNotFoundError);
    },
  );
});

for (
  const specs of [null, 1, "x", [], {}, { name: 1, methods: {} }, { name: "x", methods: null }, {
    name: "x",
    methods: [],
  }]
) {
  Deno.test(`refreshServiceInfo() refuses the specs ${JSON.stringify(specs)}`, async () => {
    await withServer(answerResult(specs), async (server) => {
      await assertRejects(() => new RemoteService(server.url).refreshServiceInfo(), InvalidResponseError);
    });
  });
}
