import assert from "node:assert/strict";
import test from "node:test";
import { agree, named } from "./live_steps";
import { findings, overflows, paths } from "./page_checks";
import { phone, shared } from "./stage";

for (const width of [320, 390, 768]) {
  test(`no page scrolls sideways at ${width} pixels`, async () => {
    const { media, open } = await shared();
    const viewport = { width, height: 844 };
    for (const path of paths) {
      const { page, end } = await open(`/${path}`, { viewport });
      await page.waitForLoadState("networkidle");
      assert.equal(await overflows(page), false, path);
      if (path === "analyze") {
        await page.locator("input[type=file]").setInputFiles(media.portrait);
        await page.locator("canvas.picture").waitFor();
        assert.equal(await overflows(page), false, "a result");
      }
      await end();
    }
  });
}

test("a phone's menu leads to every page, and the camera works there", async () => {
  const { open } = await shared();
  const { page, end } = await open("/about", phone);
  assert.equal(await page.getByRole("link", { name: "Models", exact: true }).isVisible(), false);
  await page.getByRole("button", { name: "Menu" }).tap();
  await page.getByRole("link", { name: "Models", exact: true }).tap();
  await page.getByRole("heading", { name: "Models", exact: true }).waitFor();
  await page.getByRole("button", { name: "Menu" }).tap();
  await page.getByRole("link", { name: "Live", exact: true }).tap();
  await agree(page);
  await named(page, "happy");
  assert.equal(await overflows(page), false);
  await end();
});

test("the colours follow the switch, which is kept", async () => {
  const { open } = await shared();
  const { page, end } = await open("/about", { colorScheme: "light" });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByText("Dark", { exact: true }).click();
  assert.notEqual(await ground(), light);
  await page.reload();
  await page.locator("h1").waitFor();
  assert.notEqual(await ground(), light);
  await end();
});

test("reduced motion stills the bars", async () => {
  const { open } = await shared();
  const { page, end } = await open("/live", { reducedMotion: "reduce" });
  const bar = page.locator(".bar-fill").first();
  assert.equal(await bar.evaluate((one) => getComputedStyle(one).transitionDuration), "0s");
  await end();
});

test("each expression is described, and drawn", async () => {
  const { open } = await shared();
  const { page, end } = await open("/expressions");
  assert.equal(await page.locator("article").count(), 7);
  assert.equal(await page.getByRole("img", { name: /^Drawn face/ }).count(), 7);
  assert.match(
    await page.locator("article[data-expression=happy]").innerText(),
    /12 lip corner puller/,
  );
  await end();
});

test("a model is chosen and stays chosen", async () => {
  const { open } = await shared();
  const { page, end } = await open("/models");
  const card = page.getByRole("article", { name: "mini-xception" });
  assert.match(await card.innerText(), /Accuracy\s+64\.\d%/);
  await card.getByLabel("Use this model").check();
  await page.reload();
  await card.waitFor();
  assert.equal(await card.getByLabel("Use this model").isChecked(), true);
  await page.getByRole("link", { name: "Analyze" }).click();
  await page.getByLabel("Model", { exact: true }).waitFor();
  assert.equal(await page.getByLabel("Model", { exact: true }).inputValue(), "mini-xception");
  await end();
});

test("a card's confusion matrix is shown in shares of each label", async () => {
  const { open } = await shared();
  const { page, end } = await open("/about");
  await page.route("**/api/v1/models", async (route) => {
    const response = await route.fetch();
    const known = (await response.json()) as { models: { card: Record<string, unknown> }[] };
    const counts = Array.from({ length: 7 }, (_row, label) =>
      Array.from({ length: 7 }, (_column, named) => (label === named ? 6 : label === 0 ? 1 : 0)),
    );
    for (const { card } of known.models) card["confusion"] = counts;
    await route.fulfill({ response, json: known });
  });
  await page.getByRole("link", { name: "Models", exact: true }).click();
  const table = page
    .getByRole("article", { name: "mien-base" })
    .getByRole("region", { name: "Confusion matrix" });
  assert.match(await table.locator("caption").innerText(), /faces of PublicTest with each label/);
  const row = (label: string) =>
    table.locator("tbody tr", { has: page.getByRole("rowheader", { name: label }) }).innerText();
  assert.match(await row("angry"), /^angry\s+50\s+8\s+8\s+8\s+8\s+8\s+8$/);
  assert.match(await row("disgust"), /^disgust\s+0\s+100\s+0\s+0\s+0\s+0\s+0$/);
  assert.deepEqual(await findings(page), []);
  for (const width of [390, 360]) {
    await page.setViewportSize({ width, height: 800 });
    const wider = await table.evaluate((one) => one.scrollWidth - one.clientWidth);
    assert.equal(wider, 0, `it fits ${width} pixels`);
  }
  await page.setViewportSize({ width: 320, height: 800 });
  assert.equal(await overflows(page), false);
  await end();
});

test("what a card lacks is said to be missing", async () => {
  const { open } = await shared();
  const { page, end } = await open("/about");
  await page.route("**/api/v1/models", async (route) => {
    const response = await route.fetch();
    const known = (await response.json()) as { models: { card: Record<string, unknown> }[] };
    for (const { card } of known.models) {
      delete card["confusion"];
      Object.assign(card, { multiply_adds: 0, metrics: { accuracy: 0.5 } });
    }
    await route.fulfill({ response, json: known });
  });
  await page.getByRole("link", { name: "Models", exact: true }).click();
  const text = await page.getByRole("article", { name: "mini-xception" }).innerText();
  assert.match(text, /Multiply-adds for a face\s+not counted/);
  assert.match(text, /Confusion matrix\s+not measured/);
  assert.match(text, /Accuracy\s+50\.0%/);
  assert.match(text, /Macro F1\s+not measured/);
  await end();
});

test("about says what Mien must not be used for, and its version", async () => {
  const { open } = await shared();
  const { page, end } = await open("/about");
  await page.getByText("An expression is not an emotion.").waitFor();
  await page.locator(".facts", { hasText: /\d+\.\d+\.\d+/ }).waitFor();
  await end();
});
