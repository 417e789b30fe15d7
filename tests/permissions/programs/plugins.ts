/** Has a plugin, which hears of a call. */
import { BasePlugin, type PluginCall } from "@gemstone/gemstone";
import { expect, greet, Greeter } from "./greeter.ts";

class Listening extends BasePlugin {
  override name = "listening";
  readonly calls: string[] = [];

  override onMethodCall({ method }: PluginCall): void {
    this.calls.push(method);
  }
}

const service = new Greeter();
service.plugins = [new Listening()];
await greet(service);
expect(service.getPlugin(Listening).calls, ["say_hello"]);
