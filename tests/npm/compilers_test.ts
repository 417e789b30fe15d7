import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Finished, Project } from "./project.ts";

/** The oldest compiler that we promise, and the newest. */
const COMPILERS = ["typescript-5", "typescript-7"];
const PACKAGES = [
  "typescript-5@npm:typescript@~5.9.3",
  "typescript-7@npm:typescript@^7.0.2",
  "@types/node@^20.19.0",
];

const STRICT_OPTIONS = {
  module: "nodenext",
  target: "es2022",
  strict: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  verbatimModuleSyntax: true,
};

/** Projects of people have the types of the web or those of Node. */
const LIBRARIES = [
  { name: "the DOM library", lib: ["es2023", "dom"], types: [] },
  { name: "the types of Node", lib: ["es2023"], types: ["node"] },
];

const SERVICE = `
  import { exposedMethod, GemstoneError, MicroService, RemoteService } from "@gemstone/gemstone";

  export class Calculator extends MicroService {
    override name = "calculator";
    override host = "127.0.0.1";
    override port = 0;

    @exposedMethod({ description: "Adds." })
    add(a: number, b = 1): number {
      return a + b;
    }

    @exposedMethod("slow_add")
    async slowAdd(a: number, b: number): Promise<number> {
      return a + b;
    }
  }

  export async function main(): Promise<number[]> {
    const service = new Calculator();
    await service.start();
    const remote = new RemoteService<Calculator>(service.url, { timeoutMs: 5000 });
    const sums: number[] = [await remote.methods.add(2, 3), await remote.methods.add({ a: 2 })];
    try {
      // @ts-expect-error: a number is asked for
      await remote.methods.add("2");
      // @ts-expect-error: there is no such method
      await remote.methods.subtract(1, 2);
    } catch (error) {
      if (!(error instanceof GemstoneError)) throw error;
    } finally {
      await service.stop();
    }
    return sums;
  }
`;

const PROGRAM = `
  import { main } from "./out/service.js";
  console.log(JSON.stringify(await main()));
`;

const LEGACY_SERVICE = `
  import { exposedMethod, MicroService } from "@gemstone/gemstone";

  class Calculator extends MicroService {
    name = "calculator";

    @exposedMethod()
    add(a: number, b: number): number {
      return a + b;
    }
  }
`;

Deno.test("the declarations of the npm package", { sanitizeResources: false }, async (t) => {
  await using project = await Project.create(PACKAGES);
  const subPaths = await listSubPaths(project);
  const imports = subPaths.map((specifier, index) => `export * as part${index} from "${specifier}";\n`).join(
    "",
  );
  await project.write({ "service.ts": SERVICE, "parts.ts": imports, "program.js": PROGRAM });

  for (const { name, ...options } of LIBRARIES) {
    for (const compiler of COMPILERS) {
      await t.step(`satisfy strict ${compiler} with ${name}`, async () => {
        const compilerOptions = { ...STRICT_OPTIONS, ...options, outDir: "out" };
        await project.write({
          "tsconfig.json": JSON.stringify({ compilerOptions, files: ["service.ts", "parts.ts"] }),
        });

        const result = await compile(project, compiler);

        assertEquals(result, { code: 0, stdout: "", stderr: "" });
      });
    }
  }

  await t.step("describe what the compiled service does", async () => {
    const result = await project.run("node", "program.js");

    assertEquals(result.stdout.trimEnd().split("\n").at(-1), "[5,3]", result.stderr);
  });
});

Deno.test("exposedMethod() refuses legacy decorators", { sanitizeResources: false }, async () => {
  await using project = await Project.create(PACKAGES.slice(0, 1));
  const compilerOptions = {
    ...STRICT_OPTIONS,
    experimentalDecorators: true,
    noCheck: true,
    types: [],
    outDir: "out",
  };
  await project.write({
    "service.ts": LEGACY_SERVICE,
    "tsconfig.json": JSON.stringify({ compilerOptions, files: ["service.ts"] }),
  });
  const compiled = await compile(project, "typescript-5");

  const { code, stderr } = await project.run("node", "out/service.js");

  assertEquals(compiled.code, 0, compiled.stdout);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "TypeError");
  assertStringIncludes(stderr, `remove "experimentalDecorators"`);
});

function compile(project: Project, compiler: string): Promise<Finished> {
  return project.run(
    "node",
    `node_modules/${compiler}/bin/tsc`,
    "--project",
    "tsconfig.json",
    "--pretty",
    "false",
  );
}

async function listSubPaths(project: Project): Promise<string[]> {
  const source = `
    import manifest from "@gemstone/gemstone/package.json" with { type: "json" };
    const subPaths = Object.keys(manifest.exports).filter((path) => path !== "./package.json");
    console.log(JSON.stringify(subPaths.map((path) => manifest.name + path.slice(1))));
  `;
  const { stdout } = await project.run("node", "--no-warnings", "--input-type=module", "--eval", source);
  return JSON.parse(stdout) as string[];
}
