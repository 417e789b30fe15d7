/** Takes its endpoint from where the first argument says: the environment, a JSON file, or the command line. */
import process from "node:process";
import {
  CommandLineConfigurator,
  type Configurator,
  EnvironmentConfigurator,
  JsonFileConfigurator,
} from "@gemstone/gemstone/config";
import { expect, Greeter } from "./greeter.ts";

const [from = "", ...args] = process.argv.slice(2);
const configurators: Record<string, () => Configurator> = {
  environment: () => new EnvironmentConfigurator(),
  file: () => new JsonFileConfigurator({ fileName: args[0] ?? "" }),
  arguments: () => new CommandLineConfigurator(),
};

const service = new Greeter();
service.configurators = [configurators[from]!()];
await service.configure(from === "arguments" ? args : []);
expect(service.endpoint, `/from_${from}`);
