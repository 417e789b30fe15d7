/** @module */
import type { ProjectOptions } from "../project_options.ts";
import { toComment } from "../template_text.ts";

/**
 * Writes `service.ts`, the class of the service.
 *
 * @param options What the project is made from.
 * @returns The text.
 */
export function createServiceClass(options: ProjectOptions): string {
  const { name, description, port, hasEvents, hasWeb } = options;
  return `${createMainImport(options)}
import {
  CommandLineConfigurator,
  Configurable,
  defaultConfigurables,
  EnvironmentConfigurator,
} from "@gemstone/gemstone/config";
${hasEvents ? EVENT_IMPORTS : ""}${hasWeb ? PAGE_IMPORT : ""}
/** ${toComment(description)} */
export class ${name.className} extends MicroService {
  override name = "${name.serviceName}";
  override host = "127.0.0.1";
  override port = ${port};

  /** The word before the name: --greeting or ${name.variablePrefix}_GREETING. */
  greeting = "hello";
  /** What callers of private methods must know: ${name.variablePrefix}_API_TOKEN. */
  apiToken = "";
  #greetings = 0;
${hasEvents ? EVENT_SETTINGS : ""}${hasWeb ? WEB_SETTINGS : ""}
  /** What can be set from outside: port, host, … and our own settings. */
  override configurables = [
    ...defaultConfigurables(),
    new Configurable("greeting", { type: "string", description: "word before the name" }),
    new Configurable("apiToken", {
      type: "string",
      description: "what callers of private methods must know; safer in the environment",
      defaultText: "nobody may call them",
    }),${hasEvents ? EVENT_CONFIGURABLE : ""}
  ];
  /** Where values come from; the last one wins. */
  override configurators = [new EnvironmentConfigurator(), new CommandLineConfigurator()];

  /** The time that it takes tells nothing of the token, and an empty one lets nobody in. */
  override apiTokenIsValid(token: string): boolean {
    return isSameToken(token, this.apiToken);
  }

  /** Everybody may call it. */
  @exposedMethod({ summary: "Greets somebody." })
  say_hello(name: string): string {
    this.#greetings++;
    return \`\${this.greeting} \${name}\`;
  }

  /** Callers without the token, in the header X-Api-Token, are answered with "Access denied". */
  @exposedMethod({ private: true, summary: "Counts the greetings." })
  count_greetings(): number {
    return this.#greetings;
  }
${hasEvents ? EVENT_HANDLER : ""}
  /** Runs once a minute while the service does. */
  @periodicTask(60_000)
  logGreetings(): void {
    this.logger.info("Still here", { greetings: this.#greetings });
  }
}
`;
}

/** In the order and on as many lines as a formatter has them. */
function createMainImport({ hasEvents, hasWeb }: ProjectOptions): string {
  const names = [
    ...(hasEvents ? ["eventHandler", "type EventTransport"] : []),
    "exposedMethod",
    ...(hasWeb ? ["type ExtraHandler"] : []),
    "isSameToken",
    "MicroService",
    "periodicTask",
    ...(hasWeb ? ["type StaticDir"] : []),
  ];
  const list = hasEvents || hasWeb
    ? `\n${names.map((name) => `  ${name},\n`).join("")}`
    : ` ${names.join(", ")} `;
  return `import {${list}} from "@gemstone/gemstone";`;
}

const PAGE_IMPORT = `import { showIndex } from "./handlers/index.ts";
`;

const WEB_SETTINGS = `
  // Beside this file, so that the service can be started from any folder.
  override templateDir = new URL("./templates", import.meta.url);
  override staticDirs: StaticDir[] = [["/static", new URL("./static", import.meta.url)]];
  override extraHandlers: ExtraHandler[] = [["/", showIndex]];
`;

const EVENT_IMPORTS = `import { MemoryEventTransport } from "@gemstone/gemstone/events";
import { RabbitMqEventTransport } from "@gemstone/gemstone/rabbitmq";
`;

const EVENT_SETTINGS = `
  /** What carries events: RabbitMQ where a URL is set, else they stay in this process. */
  override eventTransports: readonly EventTransport[] = [new MemoryEventTransport()];
  /** Who has registered, the last ones. */
  readonly newcomers: string[] = [];
`;

const EVENT_CONFIGURABLE = `
    new Configurable("eventTransports", {
      type: "list",
      template: (urls) => urls.map((url) => new RabbitMqEventTransport(url)),
      description: "URL of RabbitMQ",
      defaultText: "events stay in the process",
    }),`;

const EVENT_HANDLER = `
  /** Gets the event when any service emits it; when this throws, the event comes again. */
  @eventHandler("user_registered")
  welcome(user: { name: string }): void {
    this.newcomers.push(user.name);
    if (this.newcomers.length > 100) this.newcomers.shift();
    this.logger.info("Welcome", { name: user.name });
  }
`;
