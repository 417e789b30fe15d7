/**
 * What the files of a new project are made from.
 *
 * @module
 */
import type { ProjectName } from "./project_name.ts";

/** What a user has chosen, checked, with all defaults filled in. */
export interface ProjectOptions {
  /** The name in its forms. */
  readonly name: ProjectName;
  /** What the service is for: one line without control characters. */
  readonly description: string;
  /** Who writes it: one line without control characters. */
  readonly author: string | undefined;
  /** The port that the service listens on unless it is told otherwise. */
  readonly port: number;
  /** Where the project runs. */
  readonly runtime: "deno" | "node";
  /** Whether the service handles an event. */
  readonly hasEvents: boolean;
  /** Whether the service has a web page. */
  readonly hasWeb: boolean;
}
