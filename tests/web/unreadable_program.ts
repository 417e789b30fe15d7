/** Says why a directory can not be served: run without the permission to read it. */
import { MicroService } from "@gemstone/gemstone";

class Site extends MicroService {
  override name = "site";
  override port = 0;
  override skipConfiguration = true;
}

if (import.meta.main) {
  const directory = new URL(".", import.meta.url);
  for (const settings of [{ staticDirs: [["/", directory]] }, { templateDir: directory }]) {
    const service = Object.assign(new Site(), settings);
    await service.start().catch((error: Error) => console.log(error.message));
    await service.stop();
  }
}
