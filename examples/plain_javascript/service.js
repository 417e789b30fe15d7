/**
 * A service in plain JavaScript: no types, no decorators, no build step.
 *
 * ```sh
 * node service.js --port 8000 # or: deno run -A service.js --port 8000
 * ```
 *
 * Node takes a file with `import` when it ends in `.mjs` or its package.json says `"type": "module"`.
 *
 * @module
 */
import { MicroService, RpcError } from "@gemstone/gemstone";

class CalculatorService extends MicroService {
  name = "calculator";

  constructor() {
    super();
    // A method of this class, by the name that callers use. It can have options, as a decorator can.
    this.expose("divide", this.divide, { timeoutMs: 1_000 });
    // Or any function.
    this.expose("add", (a, b) => a + b);
    this.expose("sum", (...numbers) => numbers.reduce((total, number) => total + number, 0));
    // The names of the parameters are read from the function; where it has none, say them.
    this.expose("power", Math.pow, { params: ["base", "exponent"] });
  }

  // Too few, too many or misspelled arguments never get here. What they are, nobody has checked yet.
  divide(dividend, divisor = 1) {
    if (typeof dividend !== "number" || typeof divisor !== "number") {
      throw new RpcError(4000, "Give two numbers");
    }
    return dividend / divisor;
  }

  // Not exposed: nobody outside can call it.
  reset() {}
}

await new CalculatorService().start();
