import { exposedMethod } from "@gemstone/gemstone";
import { FixtureService } from "./fixture_service.ts";

/** The service `registry` of the cases: who answers under which name. Nothing expires. */
export class RegistryService extends FixtureService {
  override name = "conformance.registry";
  readonly #urls: Map<string, Set<string>> = new Map();

  @exposedMethod()
  ping(name: string, url: string): null {
    const urls = this.#urls.get(name) ?? new Set();
    this.#urls.set(name, urls.add(url));
    return null;
  }

  @exposedMethod()
  locate_service(name: string): string[] {
    const pattern = toRegExp(name);
    const found = [...this.#urls].filter(([known]) => pattern.test(known));
    return [...new Set(found.flatMap(([, urls]) => [...urls]))];
  }
}

/** A glob of names: `*` is any run of characters, `?` one character. */
function toRegExp(glob: string): RegExp {
  const source = glob.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".");
  return new RegExp(`^${source}$`, "su");
}
