/** @module */
import { mkdir, rm } from "node:fs/promises";
import { capture } from "../../tasks/process.ts";
import type { Collected } from "./collect.ts";
import { readStamp, writeStamp } from "./stamp.ts";

/** The types of the oldest Node that we promise; the declarations are made with them. */
const NODE_TYPES = "@types/node@^20.19.0";

/**
 * Installs what package, tests and examples import into `npm/node_modules`, unless it is there.
 *
 * @param folder The folder of the package.
 * @param collected The sources of the package.
 * @throws {Error} when npm fails; its output is in the message.
 */
export async function installPackages(
  folder: string,
  { dependencies, testDependencies }: Collected,
): Promise<void> {
  const packages = new Map([...dependencies, ...testDependencies]);
  const stamp = `${folder}/node_modules/.installed`;
  const wanted = [NODE_TYPES, ...[...packages].map(([name, range]) => `${name}@${range}`).sort()];
  if (await readStamp(stamp) === wanted.join(" ")) return;
  // npm leaves folders empty when what is there was installed with another package.json.
  await rm(`${folder}/node_modules`, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // Not saved: what only the tests need is no business of package.json.
  const flags = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--prefer-offline"];
  const { code, stderr } = await capture(["npm", "install", ...flags, ...wanted], { cwd: folder });
  if (code !== 0) throw new Error(`Cannot install ${wanted.join(" ")}: npm ended with ${code}\n${stderr}`);
  await writeStamp(stamp, wanted.join(" "));
}
