import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Browser, Page } from "playwright-core";
import { visit, type Visit, type VisitOptions } from "./browser";
import type { Media } from "./media";
import { type Server, startServer } from "./server";
import { shared } from "./stage";

const token = "a-token-for-the-host";

/** A server that takes classes; participants have no token. */
export interface ClassServer extends Server {
  /** The database's file. */
  record: string;
}

let started = 0;

/** What a class is for, and who agreed to it. */
export interface Statement {
  purpose: string;
  agreed: string;
}
const usual: Statement = { purpose: "Test of the class page", agreed: "the testers" };

async function startClassServer(
  media: Media,
  { purpose, agreed }: Statement,
): Promise<ClassServer> {
  started += 1;
  const record = join(media.folder, `class-${started}.db`);
  const terms = ["--class", "--purpose", purpose, "--agreed", agreed];
  const server = await startServer([...terms, "--record", "--history", record, "--token", token]);
  return { ...server, record };
}

/** A server for this test alone, and the browser of all. */
export async function classScene(context: TestContext, statement = usual) {
  const { browser, media } = await shared();
  const server = await startClassServer(media, statement);
  context.after(() => server.stop());
  return { browser, server };
}

/** Whether a name stands anywhere in the database's files. */
export function isRecorded({ record }: ClassServer, name: string): boolean {
  return [record, `${record}-wal`].some(
    (file) => existsSync(file) && readFileSync(file).includes(Buffer.from(name)),
  );
}

export interface ClassOptions {
  title?: string;
  faces?: boolean;
  record?: boolean;
}

export interface Host extends Visit {
  /** The address at which others join. */
  link: string;
}

/** Opens the page that opens classes, as somebody who has the token. */
export async function visitAsHost(
  browser: Browser,
  server: ClassServer,
  options: VisitOptions = {},
): Promise<Visit> {
  const made = await visit(browser, server.address, options);
  await made.page.goto(`${server.address}/class?token=${token}`);
  await made.page.getByRole("heading", { name: "Class", exact: true }).waitFor();
  return made;
}

export async function openClass(
  browser: Browser,
  server: ClassServer,
  { title = "Physics", faces = true, record = false }: ClassOptions = {},
  options: VisitOptions = {},
): Promise<Host> {
  const made = await visitAsHost(browser, server, options);
  const { page } = made;
  await page.getByLabel("Title").fill(title);
  await page.getByLabel(faces ? "Read faces" : "Self-report only").check();
  if (record) await page.getByLabel("Record the class").check();
  await page.getByRole("button", { name: "Open the class" }).click();
  await page.getByRole("heading", { name: title, exact: true }).waitFor();
  const shown = await page.getByLabel("Link to join").inputValue();
  return { ...made, link: server.address + new URL(shown).pathname };
}

export interface JoinOptions {
  camera?: boolean;
  shown?: boolean;
}

/** Agrees to take part, and waits until the server has let them in. */
export async function takePart(
  page: Page,
  name: string,
  { camera = true, shown = false }: JoinOptions = {},
): Promise<void> {
  await page.getByLabel("Your name here").fill(name);
  const how = page.getByLabel(camera ? "With my camera" : "Without camera");
  if ((await how.count()) > 0) await how.check();
  if (shown) await page.getByLabel("Show my name and result to the host").check();
  const joined = page
    .waitForEvent("websocket")
    .then((socket) => socket.waitForEvent("framereceived"));
  await page.getByRole("button", { name: "I agree, join the class" }).click();
  await joined;
  await page.getByText(`You take part as ${name}.`).waitFor();
}

/** A participant, who has nothing but the link. */
export async function visitAsParticipant(
  browser: Browser,
  server: ClassServer,
  link: string,
  options: VisitOptions = {},
): Promise<Visit> {
  const made = await visit(browser, server.address, options);
  await made.page.goto(link);
  await made.page.locator(".join h1").waitFor();
  return made;
}

/** Waits until the host is told that so many take part. */
export async function participants(page: Page, number: number): Promise<void> {
  await page
    .locator(".stats > div", { hasText: "Participants" })
    .locator("dd", { hasText: new RegExp(`^${number}$`) })
    .waitFor();
}

/** Waits for something that has no sign on a page. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  assert.fail(`it never came that ${what}`);
}

export async function endClass(page: Page): Promise<void> {
  await page.getByRole("button", { name: "End class" }).click();
  await page.getByRole("button", { name: "End it for all" }).click();
  await page.getByText("has ended").first().waitFor();
}
