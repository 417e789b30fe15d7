/** @module */
import type { ProjectOptions } from "../project_options.ts";
import { VERSION } from "../../version.ts";
import { toMarkdown } from "../template_text.ts";

/** How the tasks of a project are called. */
export interface ProjectCommands {
  /** Fetches the packages; `undefined` where the other commands do that. */
  readonly install: string | undefined;
  /** Runs the tests. */
  readonly test: string;
  /** Starts the service. */
  readonly start: string;
  /** The same with an option of the service. */
  readonly startWith: (option: string) => string;
  /** Runs `gemstone`. */
  readonly gemstone: string;
}

/** The commands of each runtime. */
export const COMMANDS: Readonly<Record<ProjectOptions["runtime"], ProjectCommands>> = {
  deno: {
    install: undefined,
    test: "deno task test",
    start: "deno task start",
    startWith: (option) => `deno task start ${option}`,
    gemstone: "deno task gemstone",
  },
  node: {
    install: "npm install",
    test: "npm test",
    start: "npm start",
    startWith: (option) => `npm start -- ${option}`,
    gemstone: "npx gemstone",
  },
};

/**
 * Writes `README.md`.
 *
 * @param options What the project is made from.
 * @returns The text.
 */
export function createReadme(options: ProjectOptions): string {
  const { name, description, author, port, runtime, hasEvents, hasWeb } = options;
  const { install, test, start, startWith, gemstone } = COMMANDS[runtime];
  return `# ${name.serviceName}

${toMarkdown(description)}

## Run it

\`\`\`sh
${install === undefined ? "" : `${install}\n`}${test}
${start}
\`\`\`

${UNPUBLISHED[runtime]}

It listens on <http://127.0.0.1:${port}/api> and speaks JSON-RPC 2.0:

\`\`\`sh
${gemstone} call_raw http://127.0.0.1:${port}/api say_hello name=world
curl -X POST -H "Content-Type: application/json" http://127.0.0.1:${port}/api \\
  -d '{"jsonrpc": "2.0", "id": 1, "method": "say_hello", "params": {"name": "world"}}'
\`\`\`
${hasWeb ? `\nIts web page, <http://127.0.0.1:${port}/>, calls the same method.\n` : ""}
\`count_greetings\` is a private method. Nobody may call it until the service knows a token:

\`\`\`sh
${name.variablePrefix}_API_TOKEN=secret ${start}
curl -X POST -H "Content-Type: application/json" -H "X-Api-Token: secret" \\
  http://127.0.0.1:${port}/api -d '{"jsonrpc": "2.0", "id": 1, "method": "count_greetings"}'
\`\`\`

## Settings

\`${startWith("--help")}\` lists them all. Each is an option, \`${
    startWith("--port 8001")
  }\`, and a variable of
the environment, \`${name.variablePrefix}_PORT=8001\`; the option wins. Others reach the service from outside this
machine when it listens on all addresses, \`--host 0.0.0.0\`.
${hasEvents ? createEventParagraph(options) : ""}
## Files

- \`main.ts\` starts the service.
- \`service.ts\` is the service: its settings, its methods, and a task that runs once a minute.
- \`service_test.ts\` tests it without a socket.
${hasWeb ? WEB_FILES : ""}${createRuntimeParagraph(options)}${
    author === undefined ? "" : `\nWritten by ${toMarkdown(author)}\n`
  }`;
}

function createRuntimeParagraph({ runtime, hasWeb }: ProjectOptions): string {
  if (runtime === "node") return BUILD;
  return hasWeb ? READ_PERMISSION : "";
}

function createEventParagraph({ name: { variablePrefix }, runtime }: ProjectOptions): string {
  return `
Events stay in the process until there is a RabbitMQ for them:

\`\`\`sh
${variablePrefix}_EVENT_TRANSPORTS=amqp://127.0.0.1 ${COMMANDS[runtime].start}
${COMMANDS[runtime].gemstone} events emit user_registered '{"name": "Ann"}'
\`\`\`
`;
}

/** What to do as long as no registry has the library. */
const UNPUBLISHED: Readonly<Record<ProjectOptions["runtime"], string>> = {
  deno:
    `Until Gemstone ${VERSION} is published on JSR, \`deno.json\` needs \`"links": ["<checkout of Gemstone>"]\`.`,
  node:
    `Until Gemstone ${VERSION} is published on npm, run \`npx --yes deno@2 task build:npm\` in a checkout of it, and here
\`npm install <checkout>/npm\` in place of \`npm install\`.`,
};

const WEB_FILES =
  `- \`handlers/index.ts\` answers \`/\` with \`templates/index.html\`, whose frame is \`templates/base.html\`.
- \`static/\` holds what the page loads: its style, and a script that calls the service.
`;

const READ_PERMISSION = `
The service may read \`static/\` and \`templates/\` alone: a folder that is added must be added to \`--allow-read\` in
\`deno.json\`, too.
`;

const BUILD = `
\`npm run build\` compiles the service into \`dist/\`; \`npm install --omit=dev\` and \`node dist/main.js\` are enough then.
`;
