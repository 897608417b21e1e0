import assert from "node:assert/strict";
import test from "node:test";
import { classScene, openClass, takePart, visitAsHost, visitAsParticipant } from "./class_steps";
import { named } from "./live_steps";
import { findings, overflows } from "./page_checks";

const skip = process.env["MIEN_BINARY"] ? false : "MIEN_BINARY names no program to start";

const narrow = { viewport: { width: 360, height: 800 }, isMobile: true, hasTouch: true };

test(
  "a phone of 360 pixels shows a class without scrolling sideways",
  { skip },
  async (context) => {
    const { browser, server } = await classScene(context);
    const host = await openClass(browser, server, { title: "A".repeat(80), record: true }, narrow);
    const { page, end } = await visitAsParticipant(browser, server, host.link, narrow);
    assert.equal(await overflows(page), false, "consent");
    await takePart(page, "W".repeat(40), { shown: true });
    await named(page, "happy");
    await host.page.getByText("W".repeat(40)).waitFor();
    assert.equal(await overflows(page), false, "taking part");
    assert.equal(await overflows(host.page), false, "the host's page");
    await page.getByRole("button", { name: "Leave", exact: true }).click();
    assert.equal(await overflows(page), false, "after it");
    await end();
    await host.end();
  },
);

for (const colorScheme of ["light", "dark"] as const) {
  test(
    `a class has no serious accessibility finding, ${colorScheme}`,
    { skip },
    async (context) => {
      const { browser, server } = await classScene(context);
      const form = await visitAsHost(browser, server, { colorScheme });
      await form.page.getByRole("button", { name: "Open the class" }).click();
      assert.deepEqual(await findings(form.page), []);
      await form.end();

      const host = await openClass(browser, server, { record: true }, { colorScheme });
      const { page, end } = await visitAsParticipant(browser, server, host.link, { colorScheme });
      assert.deepEqual(await findings(page), []);
      await takePart(page, "Ada", { shown: true });
      await named(page, "happy");
      await page.getByRole("button", { name: "happy" }).click();
      await page.locator(".mood[aria-pressed=true]").waitFor();
      assert.deepEqual(await findings(page), []);
      await page.getByRole("button", { name: "Pause" }).click();
      assert.deepEqual(await findings(page), []);
      await host.page.getByRole("button", { name: "Slide" }).click();
      await host.page.locator(".named").getByText("Ada").waitFor();
      assert.deepEqual(await findings(host.page), []);
      await host.page.getByRole("button", { name: "Show large" }).click();
      assert.deepEqual(await findings(host.page), []);
      await host.page.getByRole("button", { name: "Close" }).click();
      await host.page.getByRole("button", { name: "End class" }).click();
      assert.deepEqual(await findings(host.page), []);
      await host.page.getByRole("button", { name: "End it for all" }).click();
      await page.getByText("The class has ended").first().waitFor();
      assert.deepEqual(await findings(page), []);
      await end();
      await host.end();
    },
  );
}
