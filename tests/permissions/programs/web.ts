/** Serves a file or a page of the folder that it is given. */
import process from "node:process";
import { expect, Greeter } from "./greeter.ts";

const [what, folder = ""] = process.argv.slice(2);
const service = new Greeter();
if (what === "file") {
  service.staticDirs = [["/static", folder]];
} else {
  service.templateDir = folder;
  service.extraHandlers = [["/page", (context) => context.render("page.html", { name: "world" })]];
}
const path = what === "file" ? "/static/file.txt" : "/page";
const response = await service.fetch(new Request(`http://localhost${path}`));
expect([response.status, await response.text()], [200, "hello world\n"]);
