import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { Ajv, type AnySchema } from "ajv";
import { drawnHeads } from "./drawn_heads";
import { startServer } from "./server";
import { Talk } from "./talk";
import { shared } from "./stage";

const skip = process.env["MIEN_BINARY"] ? false : "MIEN_BINARY names no program to start";

interface Content {
  [type: string]: { schema: AnySchema };
}
interface Answer {
  $ref?: string;
  content?: Content;
}
interface Document {
  paths: Record<string, Record<string, { responses: Record<string, Answer> }>>;
  components: { responses: Record<string, Answer> };
}

/** The same, except that objects hold nothing that the document does not name. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value)) copy[key] = closed(part);
  const open = !("properties" in copy) || "additionalProperties" in copy;
  return open ? copy : { ...copy, additionalProperties: false };
}

/** Holds a server's answers to its OpenAPI document. */
class Checker {
  readonly #address: string;
  readonly #document: Document;
  readonly #ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });

  private constructor(address: string, document: unknown) {
    this.#address = address;
    this.#document = closed(document) as Document;
    this.#ajv.addSchema(this.#document as unknown as AnySchema, "openapi");
    // What is put together of several is closed by none of them.
    this.#ajv.addSchema(document as AnySchema, "open");
  }

  static async of(address: string): Promise<Checker> {
    return new Checker(address, await (await fetch(`${address}/api/v1/openapi.json`)).json());
  }

  /** Asks for `path`, which the document calls `template`; the parsed answer. */
  async ask(template: string, path: string, status: number, request?: RequestInit): Promise<any> {
    const method = (request?.method ?? "GET").toLowerCase();
    const answer = await fetch(this.#address + path, request);
    assert.equal(answer.status, status, path);
    if (status === 204) return this.#holdsNothing(template, method);
    const schema = this.#schema(template, method, String(status), answer);
    const body: unknown = await answer.json();
    this.#hold(body, `openapi#${schema}`, `${method} ${path}`);
    return body;
  }

  /** Holds a message of a WebSocket to the schema of that name. */
  message(name: string, body: unknown, closed = true): void {
    this.#hold(body, `${closed ? "openapi" : "open"}#/components/schemas/${name}`, name);
  }

  #hold(body: unknown, schema: string, what: string): void {
    const validate = this.#ajv.compile({ $ref: schema });
    const wrong = () => `${what}: ${this.#ajv.errorsText(validate.errors)}`;
    assert.ok(validate(body), `${wrong()} ${JSON.stringify(body).slice(0, 500)}`);
  }

  #holdsNothing(template: string, method: string): void {
    const described = this.#document.paths[template]?.[method]?.responses["204"];
    assert.ok(described && !described.content, `${method} ${template}: 204`);
  }

  #schema(template: string, method: string, status: string, answer: Response): string {
    const responses = this.#document.paths[template]?.[method]?.responses ?? {};
    const key = status in responses ? status : "default";
    const described = responses[key];
    const name = described?.$ref?.split("/").pop();
    const content = name ? this.#document.components.responses[name]?.content : described?.content;
    const type = (answer.headers.get("content-type") ?? "").split(";")[0] ?? "";
    assert.ok(content && type in content, `${method} ${template}: ${status} as ${type}`);
    const place = name
      ? ["components", "responses", name]
      : ["paths", template, method, "responses", key];
    return [...place, "content", type, "schema"].map(pointer).join("");
  }
}

function pointer(piece: string): string {
  return "/" + encodeURIComponent(piece.replaceAll("~", "~0").replaceAll("/", "~1"));
}

test("every answer is as the OpenAPI document says", { skip }, async (context) => {
  const { media } = await shared();
  const samples = join(media.folder, "samples");
  mkdirSync(join(samples, "happy"), { recursive: true });
  copyFileSync(media.portrait, join(samples, "happy", "0.png"));
  const attributes = ["--attributes", "gender,age"];
  const server = await startServer(["--source", media.clip, "--gallery", samples, ...attributes]);
  context.after(() => server.stop());
  const checker = await Checker.of(server.address);

  for (const path of ["health", "info", "openapi.json", "models", "jobs", "stream", "gallery"]) {
    await checker.ask(`/api/v1/${path}`, `/api/v1/${path}`, 200);
  }
  await checker.ask("/api/v1/models/{name}", "/api/v1/models/mien-tiny", 200);
  await checker.ask("/api/v1/models/{name}", "/api/v1/models/none", 404);
  await checker.ask("/api/v1/live", "/api/v1/live", 426);
  await checker.ask("/api/v1/gallery/{expression}/{number}", "/api/v1/gallery/sad/0", 404);

  const picture = { method: "POST", body: readFileSync(media.portrait) };
  const seen = await checker.ask("/api/v1/analyze", "/api/v1/analyze", 200, picture);
  assert.equal(seen.faces.length, 1);
  const noise = { method: "POST", body: readFileSync(media.noPicture) };
  await checker.ask("/api/v1/analyze", "/api/v1/analyze", 400, noise);
  await checker.ask("/api/v1/jobs", "/api/v1/jobs", 400, noise);

  const video = { method: "POST", body: readFileSync(media.clip) };
  let job = await checker.ask("/api/v1/jobs", "/api/v1/jobs", 202, video);
  const path = `/api/v1/jobs/${job.id}`;
  while (["queued", "running"].includes(job.state)) {
    job = await checker.ask("/api/v1/jobs/{id}", path, 200);
    await checker.ask("/api/v1/jobs/{id}/timeline", `${path}/timeline`, 200);
  }
  assert.equal(job.state, "done");
  await checker.ask("/api/v1/jobs/{id}/result.json", `${path}/result.json`, 200);
  await checker.ask("/api/v1/jobs/{id}/timeline", `${path}/timeline`, 200);
  await checker.ask("/api/v1/jobs", "/api/v1/jobs", 200);
  await checker.ask("/api/v1/jobs/{id}/cancel", `${path}/cancel`, 409, { method: "POST" });

  const slow = { method: "POST", body: readFileSync(media.longClip) };
  const long = await checker.ask("/api/v1/jobs", "/api/v1/jobs", 202, slow);
  const cancel = `/api/v1/jobs/${long.id}/cancel`;
  await checker.ask("/api/v1/jobs/{id}/cancel", cancel, 200, { method: "POST" });
});

test("classes answer as the OpenAPI document says", { skip }, async (context) => {
  const { media, browser } = await shared();
  const statement = ["--class", "--purpose", "Test of the document", "--agreed", "the testers"];
  const record = ["--record", "--history", join(media.folder, "openapi.db")];
  const server = await startServer([...statement, ...record]);
  context.after(() => server.stop());
  const checker = await Checker.of(server.address);
  const info = await checker.ask("/api/v1/info", "/api/v1/info", 200);
  assert.equal(info.class.purpose, "Test of the document");
  assert.equal(info.recording, true);

  const classes = "/api/v1/classes";
  const asked = (body: unknown) => ({ method: "POST", body: JSON.stringify(body) });
  checker.message("ClassRequest", { title: "Physics", record: true });
  const opened = await checker.ask(
    classes,
    classes,
    201,
    asked({ title: "Physics", record: true }),
  );
  await checker.ask(classes, classes, 400, asked({ title: "" }));
  const code = `${classes}/{code}`;
  const path = `${classes}/${opened.code}`;
  assert.equal((await checker.ask(code, path, 200)).recording, true);
  await checker.ask(code, `${classes}/none`, 404);
  await checker.ask(`${code}/join`, `${path}/join`, 426);
  await checker.ask(`${code}/host`, `${path}/host`, 426);

  const page = await browser.newPage();
  context.after(() => page.close());
  await page.goto(server.address);
  const host = await Talk.begin(page, `${path}/host?key=${opened.key}`);
  checker.message("ClassGreeting", await host.next());
  const member = await Talk.begin(page, `${path}/join?name=Ada&shown=yes`);
  const { joined } = await member.next();
  checker.message("ClassJoined", { joined });
  await member.send(readFileSync(media.portrait));
  checker.message("LiveError", await member.next()); // it is no JPEG
  const [head] = await drawnHeads(browser);
  await member.send(head?.happy ?? Buffer.alloc(0));
  checker.message("ClassResult", await member.next(), false);
  checker.message("ClassMemberText", { mood: "happy" });
  await member.send({ mood: "happy" });
  assert.deepEqual(await member.next(), { mood: "happy" });
  await member.send({ rest: true });
  assert.deepEqual(await member.next(), { rest: { state: "running" } });
  await member.send({ nonsense: true });
  checker.message("LiveError", await member.next());

  checker.message("ClassHostText", { mark: "Pendulum" });
  await host.send({ mark: "Pendulum" });
  const told = await host.until((message) => "mark" in message);
  checker.message("ClassMark", told.mark);
  const named = (message: any) => message.named?.[0]?.reported === "happy";
  checker.message("ClassUpdate", await host.until(named));

  const place = `${path}/participants/${joined.number}`;
  const template = `${code}/participants/{number}`;
  const by = (key: string) => ({ method: "DELETE", headers: { "X-Mien-Key": key } });
  await checker.ask(template, place, 403, by("another"));
  await checker.ask(template, place, 204, by(joined.key));
  await checker.ask(template, place, 404, by(joined.key));
  await host.send({ end: true });
  await host.until((message) => message.ended === true);
  assert.equal((await checker.ask(code, path, 200)).ended, true);
});

test("a recorded live client is answered as the document says", { skip }, async (context) => {
  const { media, browser } = await shared();
  const server = await startServer(["--record", "--history", join(media.folder, "live.db")]);
  context.after(() => server.stop());
  const page = await browser.newPage();
  context.after(() => page.close());
  await page.goto(server.address);
  const live = await Talk.begin(page, "/api/v1/live?record=Quokka");
  const [head] = await drawnHeads(browser);
  await live.send(head?.happy ?? Buffer.alloc(0)); // the first frame begins the session
  const { recording } = await live.until((message) => "recording" in message);
  assert.equal(typeof recording.session, "number");
  await live.send({ forget: true });
  await live.until((message) => message.forgotten === true);
});
