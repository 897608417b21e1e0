import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";

/** A running mien serve. */
export interface Server {
  address: string;
  /** What it printed to be opened: the address, and the token if it asks for one. */
  url: string;
  stop(): Promise<void>;
}

const patience = 60_000; // milliseconds until the server must have said where it listens

/**
 * Starts $MIEN_BINARY on a free port, or on `port`, with `environment` added to its own. With $MIEN_ADDRESS a server that runs already
 * is taken instead, as far as a test needs nothing special of it.
 */
export async function startServer(
  options: string[] = [],
  port = 0,
  environment: Record<string, string> = {},
): Promise<Server> {
  const running = process.env["MIEN_ADDRESS"];
  if (running && options.length === 0 && port === 0) {
    return { address: running, url: running, stop: () => Promise.resolve() };
  }
  const binary = process.env["MIEN_BINARY"];
  if (!binary) throw new Error("MIEN_BINARY does not name the program mien");
  const child = spawn(binary, ["serve", "--port", String(port), ...options], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  const url = await urlOf(child);
  return { address: new URL(url).origin, url, stop: () => stop(child) };
}

/** A port for a server that is stopped and started anew. */
export async function freePort(): Promise<number> {
  const holder = createServer().listen(0);
  await once(holder, "listening");
  const address = holder.address();
  holder.close();
  await once(holder, "close");
  if (typeof address !== "object" || address === null) throw new Error("there is no free port");
  return address.port;
}

async function urlOf(child: ChildProcess): Promise<string> {
  let said = "";
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`mien serve did not say where it listens:\n${said}`)),
      patience,
    );
    const listen = (line: string) => {
      said += `${line}\n`;
      const url = /https?:\/\/\S+/.exec(line)?.[0];
      if (!url) return;
      clearTimeout(timer);
      resolve(url);
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", listen);
    }
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`mien serve ended with status ${code}:\n${said}`));
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}
