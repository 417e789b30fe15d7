import { setTimeout as delay } from "node:timers/promises";
import { exposedMethod, type RequestContext, RpcError } from "@gemstone/gemstone";
import type { ExtraHandler } from "@gemstone/gemstone/web";
import { BoomError } from "./boom_error.ts";
import { FixtureFiles } from "./fixture_files.ts";
import { FixtureService } from "./fixture_service.ts";
import { MathModule } from "./math.ts";

/** The service `main` of the cases: one method for each thing that a method can do. */
export class MainService extends FixtureService {
  override name = "conformance.main";
  override modules = [new MathModule()];
  override maxParallelBlockingTasks = 4;
  override exposeErrorDetails = true;
  override useIntrospection = true;
  readonly #files = new FixtureFiles();
  override staticDirs = [["/static", this.#files.folder("static")]] as const;
  override templateDir = this.#files.folder("templates");
  override extraHandlers: ExtraHandler[] = [
    ["/tmp1", (context) => context.render("template1.html")],
    ["/tmp2", (context) => context.render("template2.html", { name: "world" })],
    ["/tmp3", (context) => context.render("template2.html", { name: context.query.get("name") })],
    ["/service-name", (context) => context.text(context.microservice.name)],
    ["/items/:id", (context) => context.text(`item ${context.params["id"]}`)],
    ["/api", { all: (context) => context.text("shadow") }],
  ];
  #recorded: unknown = null;

  override onServiceStop(): void {
    this.#files.remove();
  }

  override authenticateRequest({ headers }: RequestContext): boolean {
    const token = headers.get("x-testing-token");
    if (token === "explode") throw new Error("Cannot authenticate: the token explodes");
    return token === "testing_token";
  }

  @exposedMethod()
  subtract(minuend: number, subtrahend: number): number {
    return minuend - subtrahend;
  }

  @exposedMethod()
  sum(...numbers: number[]): number {
    return numbers.reduce((total, number) => total + number, 0);
  }

  @exposedMethod()
  get_data(): [string, number] {
    return ["hello", 5];
  }

  @exposedMethod()
  update(..._values: unknown[]): null {
    return null;
  }

  @exposedMethod()
  notify_hello(value: unknown): unknown {
    return value;
  }

  @exposedMethod()
  notify_sum(...numbers: number[]): number {
    return this.sum(...numbers);
  }

  @exposedMethod()
  say_hello(name: string): string {
    return `hello ${name}`;
  }

  @exposedMethod()
  echo(value: unknown): unknown {
    return value;
  }

  @exposedMethod()
  add_defaults(a: number, b = 2): number {
    return a + b;
  }

  @exposedMethod()
  record(value: unknown): null {
    this.#recorded = value;
    return null;
  }

  @exposedMethod()
  recorded(): unknown {
    return this.#recorded;
  }

  @exposedMethod()
  get_null(): null {
    return null;
  }

  @exposedMethod()
  get_nothing(): void {}

  @exposedMethod()
  fail(): never {
    throw new BoomError("boom");
  }

  @exposedMethod()
  async fail_async(): Promise<never> {
    await delay(1);
    throw new BoomError("boom later");
  }

  @exposedMethod()
  fail_type(): never {
    throw new TypeError("f() takes 1 positional argument but 2 were given");
  }

  @exposedMethod()
  fail_non_error(): never {
    throw "oops";
  }

  @exposedMethod()
  app_error(): never {
    throw new RpcError(4001, "Out of stock", { sku: "a1" });
  }

  @exposedMethod()
  unserializable(): bigint {
    return 10n;
  }

  @exposedMethod()
  async slow(seconds: number): Promise<number> {
    await delay(seconds * 1000);
    return seconds;
  }

  @exposedMethod({ blocking: import.meta.url })
  slow_blocking(seconds: number): number {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);
    return seconds;
  }

  @exposedMethod("renamed.method")
  original_name(): string {
    return "ok";
  }

  @exposedMethod({ private: true })
  private_sum(a: number, b: number): number {
    return a + b;
  }

  @exposedMethod({ private: true })
  private_record(value: unknown): null {
    return this.record(value);
  }

  @exposedMethod({ requiresHandlerReference: true })
  get_header(context: RequestContext, name: string): string | null {
    return context.headers.get(name);
  }

  @exposedMethod({ requiresHandlerReference: true })
  get_cookie(context: RequestContext): string | null {
    return context.cookies.get("Test") ?? null;
  }

  @exposedMethod({ requiresHandlerReference: true })
  set_cookie(context: RequestContext): true {
    context.setCookie("Test", "1");
    return true;
  }

  /** Without a decorator nobody can call it. */
  not_exposed(): string {
    return "secret";
  }
}
