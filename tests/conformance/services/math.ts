import { Container, exposedMethod } from "@gemstone/gemstone";

/** Contributes a method to a service without being one. */
export class MathModule extends Container {
  @exposedMethod("math.add")
  add(a: number, b: number): number {
    return a + b;
  }
}
