import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import {
  type ClassServer,
  classScene,
  endClass,
  isRecorded,
  openClass,
  participants,
  takePart,
  until,
  visitAsHost,
  visitAsParticipant,
} from "./class_steps";
import { agree, named } from "./live_steps";
import { findings } from "./page_checks";

const skip = process.env["MIEN_BINARY"] ? false : "MIEN_BINARY names no program to start";

/** Somebody who takes part in a recorded class for a while. */
async function recorded(context: TestContext, name: string) {
  const { browser, server } = await classScene(context);
  const host = await openClass(browser, server, { record: true });
  const visit = await visitAsParticipant(browser, server, host.link);
  await takePart(visit.page, name, { shown: true });
  await named(visit.page, "happy");
  await until("it is recorded", () => isRecorded(server, name));
  return { host, server, ...visit };
}

const takenBack = (server: ClassServer, name: string) =>
  until("nothing is recorded any more", () => !isRecorded(server, name));

test("who leaves and takes it back is in no byte of the database", { skip }, async (context) => {
  const { page, end, host, server } = await recorded(context, "Quokka-one");
  await page.getByRole("button", { name: "Leave and take back" }).click();
  await page.getByRole("button", { name: "Erase it" }).click();
  await page.getByText("All that was recorded of you is erased.").waitFor();
  await takenBack(server, "Quokka-one");
  await participants(host.page, 0);
  await end();
  await host.end();
});

test("after leaving it can still be taken back", { skip }, async (context) => {
  const { page, end, host, server } = await recorded(context, "Quokka-two");
  await page.getByRole("button", { name: "Leave", exact: true }).click();
  await page.getByText("You have left the class").first().waitFor();
  assert.match(await page.locator(".departure").innerText(), /What was recorded of you until now/);
  assert.ok(isRecorded(server, "Quokka-two"));
  await page.getByRole("button", { name: "Take back what is left of me" }).click();
  await page.getByText("All that was recorded of you is erased.").waitFor();
  await takenBack(server, "Quokka-two");
  await end();
  await host.end();
});

test("after a reload, and the class's end, it can be taken back too", { skip }, async (context) => {
  const { page, end, host, server } = await recorded(context, "Quokka-three");
  await page.reload();
  await page.getByText("You took part before").waitFor();
  await endClass(host.page);
  await page.reload();
  await page.getByText("The class has ended").first().waitFor();
  await page.getByRole("button", { name: "Take back what is left of me" }).click();
  await page.getByText("All that was recorded of you is erased.").waitFor();
  await takenBack(server, "Quokka-three");
  await end();
  await host.end();
});

test("a live session is recorded on choice, and deleted on wish", { skip }, async (context) => {
  const { browser, server } = await classScene(context);
  const { page, end } = await visitAsHost(browser, server);
  await page.getByRole("link", { name: "Live", exact: true }).click();
  const consent = page.locator(".consent");
  await consent.getByText("Nothing is recorded.").waitFor();
  const name = "Quokka-live";
  await page.getByLabel("Record this session").check();
  assert.match(await consent.innerText(), /are recorded on the server’s machine/);
  await page.getByRole("button", { name: "I agree, start the camera" }).click();
  await page.getByText("Give the recording a name.").waitFor();
  await page.getByLabel("Name of the recording").fill(name);
  await agree(page);
  const badge = page.locator(".stage").getByText("Recording", { exact: true });
  await badge.waitFor();
  await named(page, "happy");
  await until("it is recorded", () => isRecorded(server, name));
  assert.deepEqual(await findings(page), []);
  await page.getByRole("button", { name: "Stop and delete what was recorded" }).click();
  await badge.waitFor({ state: "hidden" });
  await takenBack(server, name);
  await named(page, "happy"); // the camera still runs
  await end();
});

test(
  "a live session that is stopped stays recorded, and the page says so",
  { skip },
  async (context) => {
    const { browser, server } = await classScene(context);
    const { page, end } = await visitAsHost(browser, server);
    await page.getByRole("link", { name: "Live", exact: true }).click();
    await page.getByLabel("Record this session").check();
    await page.getByLabel("Name of the recording").fill("Quokka-kept");
    await agree(page);
    await page.locator(".stage").getByText("Recording", { exact: true }).waitFor();
    await named(page, "happy");
    await until("it is recorded", () => isRecorded(server, "Quokka-kept"));
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await page.getByText("The session was recorded").waitFor();
    assert.ok(isRecorded(server, "Quokka-kept"));
    await end();
  },
);

test("after a break all stays of a participant are taken back", { skip }, async (context) => {
  const { browser, server } = await classScene(context);
  const host = await openClass(browser, server, { record: true });
  const { page, end } = await visitAsParticipant(browser, server, host.link);
  const breaks: (() => Promise<void>)[] = [];
  await page.routeWebSocket(/\/join\?/, (socket) => {
    const onward = socket.connectToServer();
    breaks.push(async () => {
      await onward.close();
      await socket.close();
    });
  });
  await page.reload(); // from now on its sockets are routed
  await takePart(page, "Quokka-four", { shown: true });
  await named(page, "happy");
  await breaks[0]?.();
  await page.getByText("No connection").waitFor();
  await page.getByText("No connection").waitFor({ state: "detached" });
  await until("it is recorded", () => isRecorded(server, "Quokka-four"));
  assert.equal(breaks.length, 2);
  await participants(host.page, 1);
  await page.getByRole("button", { name: "Leave and take back" }).click();
  await page.getByRole("button", { name: "Erase it" }).click();
  await page.getByText("All that was recorded of you is erased.").waitFor();
  await takenBack(server, "Quokka-four");
  await end();
  await host.end();
});
