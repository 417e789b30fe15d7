/** A plugin that remembers what it was told. */
import { BasePlugin, type InternalErrorInfo, type PluginCall } from "@gemstone/gemstone";

/** Remembers; `log` may be shared by several, to see their order. */
export class RecordingPlugin extends BasePlugin {
  override readonly name: string;
  readonly log: string[];
  readonly calls: PluginCall[] = [];
  readonly errors: { readonly error: unknown; readonly info: InternalErrorInfo }[] = [];

  constructor(name = "recorder", log: string[] = []) {
    super();
    this.name = name;
    this.log = log;
  }

  override onServiceStart(): void | Promise<void> {
    this.log.push(`${this.name} start`);
  }

  override onServiceStop(): void | Promise<void> {
    this.log.push(`${this.name} stop`);
  }

  override onMethodCall(call: PluginCall): void | Promise<void> {
    this.log.push(`${this.name} call ${call.method}`);
    this.calls.push(call);
  }

  override onInternalError(error: unknown, info: InternalErrorInfo): void | Promise<void> {
    this.log.push(`${this.name} error ${info.source} ${info.name}`);
    this.errors.push({ error, info });
  }
}
