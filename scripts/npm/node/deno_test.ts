/**
 * `Deno.test` for Node, on `node:test`: the part of it that our tests use. The build puts {@linkcode denoTest}
 * where a test file says `Deno.test`.
 *
 * @module
 */
import { test, type TestContext as NodeTestContext } from "node:test";

/** What a test function gets: the part of `Deno.TestContext` that Node can offer. */
export interface TestContext {
  /** The name of the test. */
  readonly name: string;
  /** Runs a part of the test and says whether it passed. */
  step(name: string | TestDefinition, fn?: TestFunction): Promise<boolean>;
}

/** A test or step. */
export type TestFunction = (context: TestContext) => void | Promise<void>;

/** What a test may say about itself; Deno's sanitizers and permissions have no counterpart here. */
export interface TestOptions {
  /** Leaves the test out. */
  ignore?: boolean;
  /** Leaves all others out; Node heeds it with `--test-only`. */
  only?: boolean;
}

/** A test as one object. */
export interface TestDefinition extends TestOptions {
  /** Its name. @default the name of the function */
  name?: string;
  /** What it does. */
  fn: TestFunction;
}

type TestArguments = [
  first: string | TestFunction | TestDefinition | TestOptions,
  second?: TestFunction | TestOptions,
  third?: TestFunction,
];

/** `Deno.test`. */
export const denoTest: { (...args: TestArguments): void; ignore(...args: TestArguments): void } = Object
  .assign(
    (...args: TestArguments): void => register(toDefinition(args)),
    { ignore: (...args: TestArguments): void => register({ ...toDefinition(args), ignore: true }) },
  );

function register({ name, fn, ignore = false, only = false }: TestDefinition): void {
  // Node comments on each `only` that it sees, even on a false one.
  test(
    name ?? fn.name,
    { skip: ignore, ...(only && { only }) },
    (context) => runWithSteps(name ?? fn.name, fn, context),
  );
}

async function runWithSteps(name: string, fn: TestFunction, context: NodeTestContext): Promise<void> {
  await fn({
    name,
    async step(first, second): Promise<boolean> {
      const step = toDefinition([first, second] as TestArguments);
      const stepName = step.name ?? step.fn.name;
      let passed = true;
      await context.test(stepName, { skip: step.ignore ?? false }, async (inner) => {
        passed = false;
        await runWithSteps(stepName, step.fn, inner);
        passed = true;
      });
      return passed;
    },
  });
}

function toDefinition(args: TestArguments): TestDefinition {
  const definition: Partial<TestDefinition> = {};
  for (const part of args) {
    if (typeof part === "string") definition.name = part;
    else if (typeof part === "function") definition.fn = part;
    else Object.assign(definition, part);
  }
  const { fn } = definition;
  if (fn === undefined) throw new TypeError(`Cannot register test "${definition.name}": it has no function`);
  return { ...definition, fn };
}
