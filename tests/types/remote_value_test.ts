/** What `RemoteService<Api>` makes of the types of results. */
import { assertEquals } from "@std/assert";
import type { RemoteService } from "../../src/client/remote_service.ts";
import type { RemoteValue } from "../../src/client/remote_value.ts";
import type { JsonValue } from "../../src/json.ts";

/** Holds only if the two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
function holds<_T extends true>(): void {}

interface User {
  readonly id: number;
  name: string | null;
  nick?: string;
}

interface Folder {
  readonly name: string;
  readonly createdAt: Date;
  readonly owner?: User;
  readonly folders: Folder[];
}

class Money {
  readonly cents: number;
  readonly #currency: string;
  constructor(cents: number, currency: string) {
    this.cents = cents;
    this.#currency = currency;
  }
  format(): string {
    return `${this.cents / 100} ${this.#currency}`;
  }
}

interface BankService {
  balance(): Money;
  folder(): Promise<Folder>;
}

function jsonOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

Deno.test("RemoteValue keeps what JSON does not change", () => {
  holds<Same<RemoteValue<string>, string>>();
  holds<Same<RemoteValue<boolean | 1>, boolean | 1>>();
  holds<Same<RemoteValue<User>, User>>();
  holds<Same<RemoteValue<User[]>, User[]>>();
  holds<Same<RemoteValue<readonly [User, number]>, readonly [User, number]>>();
  holds<Same<RemoteValue<Record<string, User>>, Record<string, User>>>();
  holds<Same<RemoteValue<JsonValue>, JsonValue>>();
  holds<Same<RemoteValue<unknown>, unknown>>();
  // deno-lint-ignore no-explicit-any -- what it makes of it is the subject
  holds<Same<RemoteValue<any>, any>>();
  holds<Same<RemoteValue<never>, never>>();

  const user: RemoteValue<User> = { id: 1, name: null };

  assertEquals(jsonOf(user), user);
});

Deno.test("RemoteValue gives null for nothing", () => {
  holds<Same<RemoteValue<void>, null>>();
  holds<Same<RemoteValue<User | undefined>, User | null>>();
  holds<Same<RemoteValue<(string | undefined)[]>, (string | null)[]>>();
  holds<Same<RemoteValue<() => string>, null>>();

  const items: RemoteValue<(string | undefined)[]> = ["a", null];

  assertEquals(jsonOf(["a", undefined]), items);
});

Deno.test("RemoteValue gives what toJSON returns", () => {
  holds<Same<RemoteValue<Date>, string>>();
  holds<Same<RemoteValue<URL | null>, string | null>>();
  holds<Same<RemoteValue<Date[]>, string[]>>();
  holds<Same<RemoteValue<{ toJSON(): Date | undefined }>, string | null>>();

  const date: RemoteValue<Date> = "1970-01-01T00:00:00.000Z";

  assertEquals(jsonOf(new Date(0)), date);
});

Deno.test("RemoteValue drops functions and keeps what is left of the other members", () => {
  interface Mixed {
    when: Date;
    maybe: Date | undefined;
    later?: Date;
    nothing: undefined;
    // deno-lint-ignore no-explicit-any -- what it makes of it is the subject
    anything: any;
    call(): void;
    callBack?: () => void;
    [Symbol.iterator]: string;
  }
  interface Left {
    when: string;
    maybe: string | undefined;
    later?: string;
    // deno-lint-ignore no-explicit-any -- as above
    anything: any;
  }
  holds<
    Same<{ [Name in keyof RemoteValue<Mixed>]: RemoteValue<Mixed>[Name] }, { [N in keyof Left]: Left[N] }>
  >();
  holds<Same<keyof RemoteValue<Money>, "cents">>();

  const money: RemoteValue<Money> = { cents: 150 };

  assertEquals(jsonOf(new Money(150, "EUR")), money);
});

Deno.test("RemoteValue of a Map or Set can not be read, and there is none of a bigint", () => {
  holds<Same<RemoteValue<Map<string, User>>, Record<string, never>>>();
  holds<Same<RemoteValue<ReadonlySet<string>>, Record<string, never>>>();
  holds<Same<RemoteValue<bigint>, never>>();

  const nothing: RemoteValue<Map<string, number>> = {};

  assertEquals(jsonOf(new Map([["a", 1]])), nothing);
});

Deno.test("RemoteService<Service> types the results of methods as they arrive", () => {
  /** Is compiled and never run. */
  async function typed({ methods }: RemoteService<BankService>): Promise<unknown[]> {
    const [folder, money] = await Promise.all([methods.folder(), methods.balance()]);
    const texts: (string | undefined)[] = [folder.createdAt, folder.folders[0]?.folders[0]?.createdAt];
    const owner: User | undefined = folder.owner;
    // @ts-expect-error the methods stay where they are
    money.format();
    // @ts-expect-error a date arrives as text
    folder.createdAt.getTime();
    return [texts, owner, money.cents];
  }

  assertEquals(typeof typed, "function");
});
