/** Listens where the command line says, and opens a WebSocket there. */
import { expect, Greeter } from "./greeter.ts";

await using service = new Greeter();
service.extraHandlers = [["/echo", async (context) => {
  const { socket, response } = await context.upgradeWebSocket();
  socket.addEventListener("message", ({ data }) => socket.send(data));
  return response;
}]];
await service.start();
const socket = new WebSocket(new URL("/echo", service.url.replace("http", "ws")));
const echo = await new Promise((resolve, reject) => {
  socket.addEventListener("open", () => socket.send("hello"));
  socket.addEventListener("message", ({ data }) => resolve(data));
  socket.addEventListener("error", (event) => reject(new Error((event as ErrorEvent).message)));
});
socket.close();
expect(echo, "hello");
