import {
  BasicCookieStrategy,
  exposedMethod,
  HeaderValidationStrategy,
  isSameToken,
  type ValidationStrategy,
} from "@gemstone/gemstone";
import { FixtureService } from "./fixture_service.ts";

/** The service `tokens` of the cases: three places where a token may stand. */
export class TokensService extends FixtureService {
  override name = "conformance.tokens";
  override validationStrategies: readonly ValidationStrategy[] = [
    new HeaderValidationStrategy(),
    new BasicCookieStrategy("AuthToken"),
    new HeaderValidationStrategy(
      "Authorization",
      (value) => value.startsWith("Bearer ") ? value.slice("Bearer ".length) : null,
    ),
  ];

  override apiTokenIsValid(token: string): boolean {
    return isSameToken(token, "secret");
  }

  @exposedMethod({ private: true })
  private_echo(x: unknown): unknown {
    return x;
  }
}
