/**
 * A service with settings of its own, and three places where their values can come from.
 *
 * ```sh
 * deno run -A examples/configuration/main.ts --help
 *
 * # From settings.json beside this file: "good morning", twice.
 * deno run -A examples/configuration/main.ts
 * # The environment wins over the file,
 * GREETER_GREETING="good day" deno run -A examples/configuration/main.ts
 * # and the command line over both.
 * GREETER_GREETING="good day" deno run -A examples/configuration/main.ts --greeting "good evening" --shout
 *
 * curl -X POST -H "Content-Type: application/json" http://127.0.0.1:8000/api \
 *   -d '{"jsonrpc": "2.0", "id": 1, "method": "greet", "params": ["world"]}'
 * ```
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { exposedMethod, MicroService } from "@gemstone/gemstone";
import {
  CommandLineConfigurator,
  Configurable,
  defaultConfigurables,
  EnvironmentConfigurator,
  JsonFileConfigurator,
} from "@gemstone/gemstone/config";

export class GreeterService extends MicroService {
  override name = "greeter";

  /** The settings are plain fields; what they hold here counts when nobody says otherwise. */
  greeting = "hello";
  repeat = 1;
  shout = false;
  languages: ReadonlySet<string> = new Set(["en"]);

  /** Which fields can be configured: the usual ones (port, host …) and our own. */
  override configurables = [
    ...defaultConfigurables(),
    new Configurable("greeting", { type: "string", description: "words before the name" }),
    new Configurable("repeat", { type: "integer", template: requirePositive, description: "how often" }),
    new Configurable("shout", { type: "boolean", description: "whether to greet loudly" }),
    new Configurable("languages", {
      type: "list", // "en, de" or ["en", "de"]
      template: (names) => new Set(names), // what the field gets
      description: "languages that the service speaks",
    }),
  ];

  /** Where values are looked for; the last one that has a value wins. */
  override configurators = [
    new JsonFileConfigurator({ fileName: fileURLToPath(new URL("./settings.json", import.meta.url)) }),
    new EnvironmentConfigurator(), // GREETER_GREETING, GREETER_REPEAT … after the name of the service
    new CommandLineConfigurator(), // --greeting, --repeat …
  ];

  @exposedMethod()
  greet(name: string): string {
    const words = `${Array(this.repeat).fill(this.greeting).join(", ")}, ${name}`;
    return this.shout ? words.toUpperCase() : words;
  }

  @exposedMethod()
  speaks(language: string): boolean {
    return this.languages.has(language);
  }
}

/** The service does not start with a value that this refuses; the message says where the value came from. */
function requirePositive(count: number): number {
  if (count < 1) throw new RangeError("must be 1 or more");
  return count;
}

// start() configures the service first; `await service.configure()` does it earlier, to look at the values.
if (import.meta.main) await new GreeterService().start();
