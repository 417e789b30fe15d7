/** Classes whose blocking methods others inherit. */
import { Container, exposedMethod, MicroService } from "@gemstone/gemstone";

export abstract class Squaring extends MicroService {
  override port = 0;
  override skipConfiguration = true;
  override maxParallelBlockingTasks = 1;

  @exposedMethod({ blocking: import.meta.url })
  square(value: number): number {
    return value * value;
  }

  /** Names the class of the instance that the worker has. */
  @exposedMethod({ blocking: import.meta.url })
  tellClass(): string {
    return this.constructor.name;
  }
}

/** Is exported by the module of its base class. */
export class Neighbour extends Squaring {
  override name = "neighbour";
}

export class BaseTools extends Container {
  @exposedMethod({ name: "tools.cube", blocking: import.meta.url })
  cube(value: number): number {
    return value ** 3;
  }
}
