/**
 * Private methods that know who calls.
 *
 * @module
 */
import { exposedMethod, MicroService, type RequestContext } from "@gemstone/gemstone";

/** Who a caller is, for this service: any shape will do. */
export interface User {
  readonly name: string;
  readonly isAdmin: boolean;
}

/** Decides by itself who may call, instead of comparing one token. */
export class AccountService extends MicroService {
  override name = "account_service";

  readonly #sessions: ReadonlyMap<string, User>;

  /** @param sessions The users by their session keys; a real service asks its database. */
  constructor(sessions: ReadonlyMap<string, User>) {
    super();
    this.#sessions = sessions;
  }

  /** Runs before each private method, and may be asynchronous. What it returns is the principal; nothing denies. */
  override authenticateRequest(context: RequestContext): User | undefined {
    return this.#sessions.get(context.headers.get("X-Session") ?? "");
  }

  @exposedMethod({ private: true, requiresHandlerReference: true })
  who_am_i(context: RequestContext): string {
    // The service does not know the type of the principal, but authenticateRequest() above does.
    const user = context.principal as User;
    return user.isAdmin ? `${user.name}, an admin` : user.name;
  }
}
