// Checks in a shop's own tests what becomes of its order events: node --test orders.test.mjs
// Needs Node 20 or newer and the command `ordercast` (docs/shops.md); no cloud, no package.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

function decide(...events) {
  const options = ["--strict", "--json", "--at", "2026-03-02T17:00:00"];
  const done = spawnSync("ordercast", ["validate", "-", ...options], {
    input: events.map((event) => JSON.stringify(event)).join("\n"),
    encoding: "utf8",
  });
  if (done.error) throw done.error;
  if (!done.stdout) throw new Error(done.stderr);
  return JSON.parse(done.stdout);
}

// The shop's own code would be imported here.
const orderShipped = (order_id, email) => ({
  order_id,
  status: "shipped",
  contact: { email },
  channel: "email",
});

test("the customer is sent one e-mail", () => {
  const [decided] = decide(orderShipped("1000017", "ada@example.com"));

  assert.equal(decided.outcome, "taken", decided.detail);
  assert.deepEqual(Object.keys(decided.channels), ["email"]);
  const { verdict, recipient, subject } = decided.channels.email;
  assert.deepEqual([verdict, recipient], ["requested", "ada@example.com"]);
  assert.match(subject, /1000017/);
});

test("an address that cannot be used has its rule", () => {
  const [decided] = decide(orderShipped("1000017", "ada"));

  assert.equal(decided.channels.email.rule, "invalid-contact");
});

test("a misspelt field is refused by its name", () => {
  const [decided] = decide({ ...orderShipped("1000017", "ada@example.com"), trackingUrl: "" });

  assert.equal(decided.outcome, "parked");
  assert.match(decided.detail, /trackingUrl: another spelling of tracking_url/);
});
