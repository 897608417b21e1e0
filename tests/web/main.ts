import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import "./stage";

/** Runs the test files it is given in one process, so that they share a server and a browser. */
for (const file of process.argv.slice(2)) await import(pathToFileURL(resolve(file)).href);
