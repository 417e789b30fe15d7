/** The page: asks the service when the button is pressed, and follows its number. */

const find = (id) => document.getElementById(id);

/** Calls a method; when the service answers with an error, it is thrown with the text of the service. */
async function call(endpoint, method, params) {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  }).catch(() => {
    throw new Error("The service can not be reached");
  });
  const { result, error } = await response.json();
  if (error) throw new Error(error.message);
  return result;
}

async function divide(endpoint) {
  // As text: what comes from elsewhere must never become a part of the page.
  const show = (result, error) => {
    find("result").textContent = result;
    find("error").textContent = error;
  };
  const params = {
    // A field without a number in it is NaN, which JSON turns into null.
    dividend: find("dividend").valueAsNumber,
    divisor: find("divisor").valueAsNumber,
  };
  // One question at a time, or an old answer might come last.
  find("ask").disabled = true;
  try {
    show(await call(endpoint, "divide", params), "");
  } catch (error) {
    show("none", error.message);
  } finally {
    find("ask").disabled = false;
  }
}

find("division").addEventListener("submit", (event) => {
  event.preventDefault();
  divide(event.target.dataset.endpoint);
});

// It connects again by itself, say when the service has been started anew.
const numbers = new EventSource("/numbers");
numbers.addEventListener("message", ({ data }) => find("number").textContent = data);
numbers.addEventListener("open", () => find("connection").textContent = "");
numbers.addEventListener("error", () => find("connection").textContent = "(not connected)");
