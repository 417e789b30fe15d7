/**
 * Private methods behind one token that all callers share.
 *
 * @module
 */
import {
  BasicCookieStrategy,
  exposedMethod,
  HeaderValidationStrategy,
  isSameToken,
  MicroService,
} from "@gemstone/gemstone";

/** Everybody may greet; the rest is for those who know the token. */
export class TokenService extends MicroService {
  override name = "token_service";

  /** Where a token is looked for; the first one found counts. */
  override validationStrategies = [
    new HeaderValidationStrategy(), // X-Api-Token: <token>
    new HeaderValidationStrategy("Authorization", (value) => /^Bearer (.+)$/.exec(value)?.[1]),
    new BasicCookieStrategy("AuthToken"),
  ];

  readonly #token: string;

  /** @param token The secret. Take it from where you keep secrets, not from the source code. */
  constructor(token: string) {
    super();
    this.#token = token;
  }

  // Not `token === this.#token`: how long that takes tells how much of the token is right.
  override apiTokenIsValid(token: string): boolean {
    return isSameToken(token, this.#token);
  }

  @exposedMethod()
  say_hello(name: string): string {
    return `hello ${name}`;
  }

  /** Answered with Access denied (-32001) unless the caller has the token; then it does not run at all. */
  @exposedMethod({ private: true })
  say_private_hello(name: string): string {
    return `this is secret: hello ${name}`;
  }
}
