import { assert, assertEquals } from "@std/assert";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Bundle, bundle, ESBUILD } from "./bundle.ts";
import { type Finished, PACKAGE_FOLDER, Project } from "./project.ts";

const PUBLINT = "publint@0.3.25";
const ATTW = "@arethetypeswrong/cli@0.18.5";

const CLIENT = `
  import { RemoteService } from "@gemstone/gemstone/client";

  console.log(await new RemoteService("http://127.0.0.1:8000/api").methods.say_hello("world"));
`;

const HELLO_WORLD = `
  import { MicroService } from "@gemstone/gemstone";

  class HelloWorldService extends MicroService {
    name = "hello_world_service";
  }

  const service = new HelloWorldService();
  service.expose("say_hello", (name) => "hello " + name);
  await service.start();
`;

/** What a client is made of; the part for Node is idle elsewhere. */
const CLIENT_MODULES =
  /^(?:client\.js|src\/client\/.*|src\/rpc\/message\.js|src\/runtime\/node_(?:body|post)\.js|src\/(?:gemstone_)?error(?:s)?\.js)$/;

/** What a service without events, discovery, pages and periodic tasks does not load. */
const RARE_MODULES =
  /^(?:acorn|amqplib|croner|liquidjs|srvx|src\/(?:discovery|events|registry|testing|web)\/.*)$/;

/** Minified bytes; a bound has about a fifth more than what was measured. */
const BOUNDS = {
  client: { start: 11_000, all: 25_000 },
  service: { start: 58_000 },
};

Deno.test("the packed npm package", { sanitizeResources: false }, async (t) => {
  await using project = await Project.create([PUBLINT, ATTW, ESBUILD]);
  const tarball = (await readdir(project.folder)).find((name) => name.endsWith(".tgz")) ?? "";
  const tool = (name: string, ...args: string[]): Promise<Finished> =>
    project.run(join("node_modules", ".bin", name), tarball, ...args);

  await t.step("satisfies publint, without an error, a warning or a suggestion", async () => {
    const { code, stdout } = await tool("publint", "--strict");

    assertEquals([code, stdout.trimEnd().split("\n").at(-1)], [0, "All good!"], stdout);
  });

  await t.step("has types that ES modules resolve, with node16 and with bundler", async () => {
    const { code, stdout, stderr } = await tool("attw", "--profile", "esm-only", "--no-color", "--no-emoji");

    assertEquals(code, 0, stdout + stderr);
  });

  await t.step("gives a client for a browser no part of a server", async () => {
    const bundled = await bundle(project, "client", { source: CLIENT, platform: "browser" });

    assertEquals(bundled.all.modules.filter((name) => !CLIENT_MODULES.test(name)), []);
    assertSmall(bundled, BOUNDS.client);
  });

  await t.step("can be bundled whole, with all that it loads later", async () => {
    const source = (await listSpecifiers()).map((name, index) => `export * as part${index} from "${name}";`);

    const { all } = await bundle(project, "whole", { source: source.join("\n"), platform: "node" });

    assert(all.modules.includes("amqplib"));
  });

  await t.step("loads what is rare with a service only on demand", async () => {
    const bundled = await bundle(project, "service", { source: HELLO_WORLD, platform: "node" });

    assertEquals(bundled.start.modules.filter((name) => RARE_MODULES.test(name)), []);
    assert(bundled.all.modules.includes("liquidjs"));
    assertSmall(bundled, BOUNDS.service);
  });
});

async function listSpecifiers(): Promise<string[]> {
  const { name, exports } = JSON.parse(await readFile(join(PACKAGE_FOLDER, "package.json"), "utf8")) as {
    name: string;
    exports: Record<string, unknown>;
  };
  return Object.keys(exports).filter((path) => path !== "./package.json").map((path) => name + path.slice(1));
}

function assertSmall({ start, all }: Bundle, bounds: { start: number; all?: number }): void {
  const sizes = JSON.stringify({ start: toSize(start), all: toSize(all) });
  assert(
    start.bytes <= bounds.start && all.bytes <= (bounds.all ?? Infinity),
    `${sizes} is more than the bounds`,
  );
}

function toSize({ bytes, gzipBytes }: { bytes: number; gzipBytes: number }): Record<string, number> {
  return { bytes, gzipBytes };
}
