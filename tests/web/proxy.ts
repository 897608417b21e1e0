import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands between a browser and a server. */
export interface Proxy {
  address: string;
  stop(): void;
}

/** Passes all on to the server at `target`, and an answer back once `mayAnswer` is done. */
export async function startProxy(
  target: string,
  mayAnswer: (request: IncomingMessage) => Promise<void> | undefined,
): Promise<Proxy> {
  const proxy = createServer((asked, answer) => {
    const { method, headers, url } = asked;
    const onward = request(target + url, { method, headers });
    onward.on("error", () => answer.destroy());
    onward.on("response", async (response) => {
      await mayAnswer(asked);
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    asked.pipe(onward);
  });
  proxy.listen(0, "localhost");
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;
  const stop = () => {
    proxy.close();
    proxy.closeAllConnections();
  };
  return { address: `http://localhost:${port}`, stop };
}

/** Something that a test makes happen when it wants. */
export function moment(): { come: Promise<void>; now: () => void } {
  let now = () => {};
  const come = new Promise<void>((resolve) => (now = resolve));
  return { come, now };
}
