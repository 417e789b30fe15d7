/** The broker as it is, without the transport. */
import { type Channel, connect, type GetMessage } from "amqplib";

/** Uses a channel of a connection that is closed afterwards. */
export async function withChannel<T>(url: string, use: (channel: Channel) => Promise<T>): Promise<T> {
  const connection = await connect(url);
  // Whatever goes wrong makes a call reject as well.
  connection.on("error", () => {});
  try {
    const channel = await connection.createChannel();
    channel.on("error", () => {});
    return await use(channel);
  } finally {
    await connection.close();
  }
}

/** What is in a queue and not with a consumer, and how many consumers it has. */
export async function inspectQueue(
  url: string,
  queue: string,
): Promise<{ messages: number; consumers: number }> {
  return await withChannel(url, async (channel) => {
    const { messageCount, consumerCount } = await channel.checkQueue(queue);
    return { messages: messageCount, consumers: consumerCount };
  });
}

/** Takes all messages out of a queue. */
export async function drainQueue(url: string, queue: string): Promise<GetMessage[]> {
  return await withChannel(url, async (channel) => {
    const messages: GetMessage[] = [];
    for (let message; (message = await channel.get(queue, { noAck: true })) !== false;) {
      messages.push(message);
    }
    return messages;
  });
}
