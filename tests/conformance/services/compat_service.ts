import type { ResponseStyle } from "@gemstone/gemstone";
import { MainService } from "./main_service.ts";

/** The service `compat` of the cases: `main` for clients of the Python library. */
export class CompatService extends MainService {
  override name = "conformance.compat";
  override responseStyle: ResponseStyle = "legacy";
}
