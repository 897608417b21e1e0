import assert from "node:assert/strict";
import test from "node:test";
import { attributeText } from "../../../web/src/component/attribute_text";

test("attributes are said as far as they are known", () => {
  assert.equal(attributeText(undefined), "");
  assert.equal(attributeText({}), "");
  assert.equal(attributeText({ age: 33.6 }), "about 34");
  const gender = { label: "female", confidence: 0.9 } as const;
  assert.equal(attributeText({ gender }), "female");
  assert.equal(attributeText({ gender, age: 0.2 }), "female, about 0");
});
