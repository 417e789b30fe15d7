import { exposedMethod } from "@gemstone/gemstone";
import { BoomError } from "./boom_error.ts";
import { FixtureService } from "./fixture_service.ts";

/** The service `stats` of the cases: it counts its calls. */
export class StatsService extends FixtureService {
  override name = "conformance.stats";
  override useStatistics = true;

  @exposedMethod()
  sum(...numbers: number[]): number {
    return numbers.reduce((total, number) => total + number, 0);
  }

  @exposedMethod()
  fail(): never {
    throw new BoomError("boom");
  }
}
