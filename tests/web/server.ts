import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A running mien serve. */
export interface Server {
  address: string;
  stop(): Promise<void>;
}

const patience = 60_000; // milliseconds until the server must have said where it listens

/**
 * Starts $MIEN_BINARY on a free port, or on `port`. With $MIEN_ADDRESS a server that runs already
 * is taken instead, as far as a test needs nothing special of it.
 */
export async function startServer(options: string[] = [], port = 0): Promise<Server> {
  const running = process.env["MIEN_ADDRESS"];
  if (running && options.length === 0 && port === 0) {
    return { address: running, stop: () => Promise.resolve() };
  }
  const binary = process.env["MIEN_BINARY"];
  if (!binary) throw new Error("MIEN_BINARY does not name the program mien");
  const child = spawn(binary, ["serve", "--port", String(port), ...options], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  return { address: await addressOf(child), stop: () => stop(child) };
}

async function addressOf(child: ChildProcess): Promise<string> {
  let said = "";
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`mien serve did not say where it listens:\n${said}`)),
      patience,
    );
    const listen = (line: string) => {
      said += `${line}\n`;
      const address = /https?:\/\/[^\s/]+/.exec(line)?.[0];
      if (!address) return;
      clearTimeout(timer);
      resolve(address.replace("0.0.0.0", "localhost"));
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
