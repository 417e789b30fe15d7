/**
 * The web page of a project: its handler, its templates, and what the browser loads.
 *
 * @module
 */

/**
 * Writes `handlers/index.ts`, which answers `/`.
 *
 * @returns The text.
 */
export function createPageHandler(): string {
  return `import type { MicroService, WebContext } from "@gemstone/gemstone";

/** Answers with templates/index.html; a value is escaped where a template writes it. */
export function showIndex(context: WebContext<MicroService>): Promise<Response> {
  const { name, endpoint } = context.microservice;
  return context.render("index.html", { name, endpoint });
}
`;
}

/**
 * Writes `templates/base.html`, the frame of all pages.
 *
 * @returns The text.
 */
export function createBasePage(): string {
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{{ name }}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/static/style.css">
    <script type="module" src="/static/app.js"></script>
  </head>
  <body>
    <main>{% block content %}{% endblock %}</main>
  </body>
</html>
`;
}

/**
 * Writes `templates/index.html`, the page.
 *
 * @returns The text.
 */
export function createIndexPage(): string {
  return `{% layout "base.html" %} {% block content %}
<h1>{{ name }}</h1>
<form id="greeting" data-endpoint="{{ endpoint }}">
  <label>Your name <input name="name" value="world" required></label>
  <button>Greet</button>
</form>
<p id="answer" role="status"></p>
{% endblock %}
`;
}

/**
 * Writes `static/style.css`.
 *
 * @returns The text.
 */
export function createStyle(): string {
  return `:root {
  color-scheme: light dark;
  font-family: system-ui, sans-serif;
}

main {
  margin: 4rem auto;
  max-width: 40rem;
  padding: 0 1rem;
}

#answer {
  min-height: 1.5em;
}
`;
}

/**
 * Writes `static/app.js`, which calls the service from the page.
 *
 * @returns The text.
 */
export function createPageScript(): string {
  return `const form = document.querySelector("#greeting");
const answer = document.querySelector("#answer");

/** Calls a method of the service that has sent this page. */
async function call(method, params) {
  const response = await fetch(form.dataset.endpoint, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const { result, error } = await response.json();
  if (error) throw new Error(error.message);
  return result;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = new FormData(form).get("name");
  try {
    answer.textContent = await call("say_hello", { name });
  } catch (error) {
    answer.textContent = error.message;
  }
});
`;
}
