/** A page in headless Chromium, and everything that the browser finds fault with. */
import type { Browser, Page } from "playwright-core";
import { findBrowser } from "./find_browser.ts";

/** How long the page may take to show what is waited for. */
const LIMIT_MS = 15_000;

/** An open page. */
export class WatchedPage implements AsyncDisposable {
  /** The page. */
  readonly page: Page;
  /** What was wrong: console errors and warnings, exceptions, failed requests, requests to others. */
  readonly complaints: string[] = [];
  /** The paths that were asked for. */
  readonly paths: string[] = [];
  readonly #browser: Browser;

  private constructor(browser: Browser, page: Page, origin: string) {
    this.#browser = browser;
    this.page = page;
    page.setDefaultTimeout(LIMIT_MS);
    page.on("console", (message) => {
      const type = message.type();
      if (type === "error" || type === "warning") this.complaints.push(`console ${type}: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.complaints.push(`exception: ${error.message}`));
    page.on("requestfailed", (request) => {
      this.complaints.push(`failed: ${request.url()}: ${request.failure()?.errorText}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 400) this.complaints.push(`${response.status()}: ${response.url()}`);
    });
    page.on("request", (request) => {
      const url = new URL(request.url());
      this.paths.push(url.pathname);
      if (url.origin !== origin) this.complaints.push(`request to another host: ${url}`);
    });
  }

  /** Starts a browser of its own and opens the page. */
  static async open(url: string): Promise<WatchedPage> {
    const executablePath = findBrowser();
    if (executablePath === undefined) throw new Error("There is no Chromium");
    // Here, because it is large: nobody needs it without a browser.
    const { chromium } = await import("playwright-core");
    const browser = await chromium.launch({ executablePath });
    try {
      const watched = new WatchedPage(browser, await browser.newPage(), new URL(url).origin);
      await watched.page.goto(url);
      return watched;
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  /** Waits until an element has a text. */
  async shows(selector: string, text: string | RegExp): Promise<void> {
    await this.page.locator(selector, { hasText: text }).waitFor();
  }

  /** Ends the browser. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}
