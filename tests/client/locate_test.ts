import { assertEquals, assertRejects } from "@std/assert";
import { RemoteService } from "../../src/client/remote_service.ts";
import {
  InvalidResponseError,
  MethodNotFoundError,
  ServiceNotFoundError,
  TransportError,
} from "../../src/errors.ts";
import { answerResult, send, withServer } from "./test_server.ts";

const URLS = ["http://10.0.0.1:8000/api", "http://10.0.0.2:8000/api"];

Deno.test("getServiceByName() asks the registry by the protocol of Python gemstone", async () => {
  await withServer(answerResult([URLS[0]]), async (server) => {
    const service = await RemoteService.getServiceByName(server.url, "workers.*");

    assertEquals(service.url, URLS[0]);
    assertEquals(server.requests.length, 1);
    assertEquals(server.requests[0]?.body.method, "locate_service");
    assertEquals(server.requests[0]?.body.params, { name: "workers.*" });
  });
});

Deno.test("getServiceByName() picks each of several in the course of time", async () => {
  await withServer(answerResult(URLS), async (server) => {
    const seen = new Set<string>();

    // That one of two is never picked in 100 tries happens once in 10^30 runs.
    for (let count = 0; count < 100 && seen.size < 2; count++) {
      seen.add((await RemoteService.getServiceByName(server.url, "w", { choose: "random" })).url);
    }

    assertEquals([...seen].sort(), URLS);
  });
});

Deno.test("getServiceByName() lets a function choose among the valid URLs", async () => {
  const answer = [...URLS, URLS[0], "not a url", 5, null, "file:///etc/passwd", "javascript:alert(1)"];
  await withServer(answerResult(answer), async (server) => {
    let offered: readonly string[] = [];

    const service = await RemoteService.getServiceByName(server.url, "w", {
      choose: (urls) => {
        offered = urls;
        return urls[1] ?? "";
      },
    });

    assertEquals(offered, URLS);
    assertEquals(service.url, URLS[1]);
  });
});

Deno.test("getServiceByName() keeps the credentials of the service from the registry", async () => {
  await withServer((request, response) => {
    const isRegistry = request.path === "/registry";
    send(response, { jsonrpc: "2.0", id: request.body.id, result: isRegistry ? [`${origin}/api`] : "done" });
  }, async (server) => {
    origin = new URL(server.url).origin;

    const service = await RemoteService.getServiceByName(`${origin}/registry`, "w", {
      auth: { type: "header", token: "s3cret" },
      headers: { "x-other": "1" },
    });
    await service.callMethod("f");

    const [registry, found] = server.requests;
    assertEquals([registry?.headers["x-api-token"], registry?.headers["x-other"]], [undefined, undefined]);
    assertEquals([found?.headers["x-api-token"], found?.headers["x-other"]], ["s3cret", "1"]);
  });
});
let origin = "";

Deno.test("getServiceByName() takes a registry with credentials of its own", async () => {
  await withServer(answerResult(URLS), async (server) => {
    const registry = new RemoteService(server.url, { auth: { type: "header", token: "registry" } });

    await RemoteService.getServiceByName(registry, "w");

    assertEquals(server.requests[0]?.headers["x-api-token"], "registry");
  });
});

for (const nothing of [[], null]) {
  Deno.test(`getServiceByName() rejects when the registry answers ${JSON.stringify(nothing)}`, async () => {
    await withServer(answerResult(nothing), async (server) => {
      const error = await assertRejects(
        () => RemoteService.getServiceByName(server.url, "w.*"),
        ServiceNotFoundError,
        `Cannot locate service "w.*": ${server.url} knows none of that name`,
      );

      assertEquals([error.code, error.pattern], ["ERR_SERVICE_NOT_FOUND", "w.*"]);
    });
  });
}

for (
  const wrong of ["http://10.0.0.1/api", 5, true, {}, { 0: URLS[0], length: 1 }, ["nope"], [["http://a/"]]]
) {
  Deno.test(`getServiceByName() refuses the answer ${JSON.stringify(wrong)} of a registry`, async () => {
    await withServer(answerResult(wrong), async (server) => {
      await assertRejects(() => RemoteService.getServiceByName(server.url, "w"), InvalidResponseError);
    });
  });
}

Deno.test("getServiceByName() rejects with the error of the registry", async () => {
  const error = { code: -32601, message: "Method not found" };
  await withServer(
    (request, response) => send(response, { jsonrpc: "2.0", error, id: request.body.id }),
    async (server) => {
      await assertRejects(() => RemoteService.getServiceByName(server.url, "w"), MethodNotFoundError);
    },
  );
});

Deno.test("getServiceByName() rejects when the registry does not answer", async () => {
  const fetch = () => Promise.reject(new Error("down"));

  await assertRejects(
    () => RemoteService.getServiceByName("http://registry.test/", "w", { fetch }),
    TransportError,
  );
});

Deno.test("getServiceByName() refuses an unknown way to choose before any request", async () => {
  await withServer(answerResult(URLS), async (server) => {
    const choose = "first" as unknown as "random";

    await assertRejects(
      () => RemoteService.getServiceByName(server.url, "w", { choose }),
      TypeError,
      "choose",
    );

    assertEquals(server.requests.length, 0);
  });
});
