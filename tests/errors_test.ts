import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import * as errors from "@gemstone/gemstone/errors";

const cause = new Error("cause");

for (
  const [name, error, code] of [
    [
      "ServiceConfigurationError",
      new errors.ServiceConfigurationError("m", { cause }),
      "ERR_SERVICE_CONFIGURATION",
    ],
    [
      "ConfigurationValueError",
      new errors.ConfigurationValueError("m", { cause }),
      "ERR_CONFIGURATION_VALUE",
    ],
    ["ListenError", new errors.ListenError("m", { cause }), "ERR_LISTEN"],
    ["RpcError", new errors.RpcError(1, "m", null, { cause }), "ERR_RPC"],
    ["TransportError", new errors.TransportError("m", { cause }), "ERR_TRANSPORT"],
    ["CallAbortedError", new errors.CallAbortedError("m", { cause }), "ERR_ABORTED"],
    ["WorkerEndedError", new errors.WorkerEndedError(1, "m", { cause }), "ERR_WORKER_ENDED"],
    ["PluginError", new errors.PluginError("m", { cause }), "ERR_PLUGIN"],
    ["MissingPluginNameError", new errors.MissingPluginNameError("m", { cause }), "ERR_PLUGIN_NAME_MISSING"],
    ["DiscoveryError", new errors.DiscoveryError("p", "m", { cause }), "ERR_DISCOVERY"],
    ["InvalidResponseError", new errors.InvalidResponseError("m", { cause }), "ERR_INVALID_RESPONSE"],
  ] as const
) {
  Deno.test(`${name} has its name, code, message and cause`, () => {
    assertInstanceOf(error, errors.GemstoneError);
    assertInstanceOf(error, Error);
    assertEquals([error.name, error.code, error.message], [name, code, "m"]);
    assertStrictEquals(error.cause, cause);
  });
}

for (
  const [name, error, code] of [
    ["CalledServiceError", new errors.CalledServiceError(404, "m"), "ERR_HTTP_STATUS"],
    ["CallTimeoutError", new errors.CallTimeoutError(5, "m"), "ERR_TIMEOUT"],
    ["PluginDoesNotExistError", new errors.PluginDoesNotExistError("p", "m"), "ERR_PLUGIN_NOT_FOUND"],
    ["ServiceNotFoundError", new errors.ServiceNotFoundError("p", "m"), "ERR_SERVICE_NOT_FOUND"],
    ["NotFinishedError", new errors.NotFinishedError("m"), "ERR_NOT_FINISHED"],
    ["MethodNotFoundError", new errors.MethodNotFoundError("m"), "ERR_METHOD_NOT_FOUND"],
    ["InvalidParamsError", new errors.InvalidParamsError("m"), "ERR_INVALID_PARAMS"],
    ["AccessDeniedError", new errors.AccessDeniedError("m"), "ERR_ACCESS_DENIED"],
    ["InternalError", new errors.InternalError("m"), "ERR_INTERNAL"],
    ["UnknownRemoteError", new errors.UnknownRemoteError(7, "m"), "ERR_UNKNOWN_REMOTE"],
  ] as const
) {
  Deno.test(`${name} has its name, code and message`, () => {
    assertInstanceOf(error, errors.GemstoneError);
    assertEquals([error.name, error.code, error.message, error.cause], [name, code, "m", undefined]);
  });
}

for (const code of [1.5, NaN, Infinity, "1" as unknown as number, undefined as unknown as number]) {
  Deno.test(`RpcError refuses the code ${String(code)}`, () => {
    assertThrows(() => new errors.RpcError(code, "m"), RangeError, "Cannot create an RpcError");
  });
}

Deno.test("TransportError does not know whether the call ran, unless it is told", () => {
  assertEquals(new errors.TransportError("m").outcome, "unknown");
  assertEquals(new errors.TransportError("m", { cause }).outcome, "unknown");
  assertEquals(new errors.TransportError("m", { outcome: "not-sent" }).outcome, "not-sent");
});

Deno.test("errors of what is not there say what was asked for", () => {
  assertEquals(new errors.PluginDoesNotExistError("p", "m").plugin, "p");
  assertEquals(new errors.DiscoveryError("w.*", "m").pattern, "w.*");
  assertInstanceOf(new errors.MissingPluginNameError("m"), errors.PluginError);
  assertInstanceOf(new errors.DiscoveryError("w.*", "m"), errors.RemoteServiceError);
});
