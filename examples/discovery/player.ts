/**
 * A service that finds others by their names.
 *
 * @module
 */
import { exposedMethod, MicroService } from "@gemstone/gemstone";
import { Configurable, defaultConfigurables } from "@gemstone/gemstone/config";

export class Player extends MicroService {
  override configurables = [
    ...defaultConfigurables(),
    new Configurable("registry", { description: "URL of the registry" }),
  ];
  readonly #other: string;

  /**
   * @param name The name by which others find it.
   * @param other The name by which it finds the other player.
   */
  constructor(name: string, other: string) {
    super();
    this.name = name;
    this.#other = other;
  }

  /** What becomes of `--registry URL`. The service announces itself there from now on, and looks for others there. */
  set registry(url: string) {
    this.serviceRegistryUrls = [url];
  }

  /** Hits the ball so many times, by turns: nobody knows the URL of the other. */
  @exposedMethod()
  async hit(times: number): Promise<string[]> {
    if (times <= 1) return [this.name];
    const other = await this.getService<Player>(this.#other);
    return [this.name, ...await other.methods.hit(times - 1)];
  }

  /** Any of several: the pattern fits all players, and each call goes to one that is there. */
  @exposedMethod()
  async meet(): Promise<string> {
    const anybody = await this.getService<Player>("players.*");
    return `met ${await anybody.methods.introduce()}`;
  }

  @exposedMethod()
  introduce(): string {
    return this.name;
  }
}
