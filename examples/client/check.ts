import { assertEquals } from "@std/assert";

const EXPECTED = `
by position: hello world
by name: hello world
callMethod: hello result / undefined
notification: undefined
batch: 2 answers
batch, hello: hello batch
batch, wrong: Cannot call "divide" at URL: Cannot divide by zero
asynchronous, finished: false
asynchronous, finished: true / slept for 0.1 s / undefined
as completed: slept for 0.1 s
as completed: slept for 0.3 s
as completed: slept for 0.5 s
first completed: slept for 0.1 s
callback for an error: Cannot call "no_such_method" at URL: Method not found
callback: slept for 0.1 s
callback: slept for 0.3 s
callback: slept for 0.5 s
application error: the service says 4001 Cannot call "divide" at URL: Cannot divide by zero, {"dividend":1}
unknown method: the service says -32601 Cannot call "no_such_method" at URL: Method not found, undefined
wrong arguments: the service says -32602 Cannot call "divide" at URL: Invalid params (Missing parameter: divisor), {"reason":"Missing parameter: divisor"}
timeout: no answer within 100 ms
abort: no answer, ERR_ABORTED
guests: Ann, Bob, Eve
service stopped: no answer, ERR_TRANSPORT
`;

/** Compares what was printed, without the log of the service. */
export function check(example: { output(): string }): void {
  const printed = example.output().replaceAll(/http:\/\/127\.0\.0\.1:\d+\/api/g, "URL").split("\n");
  const expected = EXPECTED.trim().split("\n");

  assertEquals(printed.filter((line) => expected.some((other) => startsAlike(line, other))), expected);
}

function startsAlike(line: string, other: string): boolean {
  return line.startsWith(other.slice(0, other.indexOf(":") + 1));
}
