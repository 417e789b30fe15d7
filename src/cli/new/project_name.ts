/**
 * What a new project is called: one name, in the forms in which its files need it.
 *
 * @module
 */
import { quoteArgument } from "../../config/option_table.ts";
import { UsageError } from "../command.ts";

/** The forms of a name. */
export interface ProjectName {
  /** As it was given: the folder, unless another one is asked for. */
  readonly folder: string;
  /** In kebab-case, as npm wants it: `order-desk`. */
  readonly packageName: string;
  /** In snake_case, by which other services find this one: `order_desk`. */
  readonly serviceName: string;
  /** Of the class: `OrderDeskService`. */
  readonly className: string;
  /** What the names of its environment variables begin with: `ORDER_DESK`. */
  readonly variablePrefix: string;
}

/** The longest name, in characters: lines with the name of the class stay readable. */
const MAX_NAME_LENGTH = 40;

const ACCEPTED = /^[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*$/;
/** `HTTPGate`, `orderDesk` and `S3Proxy` are two words each. */
const WORD = /[A-Z]+[0-9]*(?![a-z])|[A-Z]?[a-z0-9]+/g;

/** The words that ECMAScript keeps for itself, in any of its modes, and names that every object has. */
const RESERVED: ReadonlySet<string> = new Set(
  ("arguments await break case catch class const constructor continue debugger default delete do else enum " +
    "eval export extends false finally for function if implements import in instanceof interface let new null " +
    "package private protected prototype public return static super switch this throw true try typeof " +
    "undefined var void while with yield").split(" "),
);
/** Windows has no files of these names, whatever their case and ending. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/i;
/** Classes of the library: `micro` would make a service of the name of its base class. */
const TAKEN_CLASSES: ReadonlySet<string> = new Set(["MicroService", "RemoteService"]);
/** Names that npm refuses, or that a project of this name could not depend on. */
const TAKEN_PACKAGES: ReadonlySet<string> = new Set(["gemstone", "node-modules", "tsx", "typescript"]);

/**
 * Checks a name and makes its forms: `order-desk`, `order_desk` and `OrderDesk` differ in the folder alone.
 *
 * @param text The name: letters and digits, in words that `-`, `_` or capitals divide; at most
 * {@linkcode MAX_NAME_LENGTH} characters.
 * @returns Its forms.
 * @throws {UsageError} when it is no such name, a reserved word, a device of Windows or the name of something that
 * the project uses.
 */
export function readProjectName(text: string): ProjectName {
  if (text.length > MAX_NAME_LENGTH) {
    throw refuse(text, `it has ${text.length} characters, and ${MAX_NAME_LENGTH} are allowed`);
  }
  if (!ACCEPTED.test(text)) throw refuse(text, explainShape(text));
  const words = (text.match(WORD) ?? []).map((word) => word.toLowerCase());
  const packageName = words.join("-");
  const pascal = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
  const className = words.at(-1) === "service" ? pascal : `${pascal}Service`;
  if (RESERVED.has(text.toLowerCase())) throw refuse(text, "it is a reserved word of the language");
  if (DEVICE.test(text)) throw refuse(text, "it is the name of a device on Windows");
  if (TAKEN_CLASSES.has(className)) throw refuse(text, `the library has a class ${className}`);
  if (TAKEN_PACKAGES.has(packageName)) throw refuse(text, "a package of this name is in its way");
  const serviceName = words.join("_");
  return { folder: text, packageName, serviceName, className, variablePrefix: serviceName.toUpperCase() };
}

function explainShape(text: string): string {
  if (text === "") return "it is empty";
  if (/[/\\]|^\.+$/.test(text)) return "it is a path; give the folder with --directory";
  return "a name is letters and digits in words divided by - or _, and begins with a letter, as in order-desk";
}

function refuse(text: string, why: string): UsageError {
  return new UsageError(`the name ${quoteArgument(text)} can not be used: ${why}`);
}
