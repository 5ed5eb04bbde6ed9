// Puts order events on the stream, each order's in their order:
//   node put-orders.mjs STREAM < orders.jsonl
// Needs Node 18 or newer and nothing else; credentials and Region come from the environment.
import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

async function putInOrder(putRecords, StreamName, events) {
  const waiting = new Map(); // order id -> its events, the oldest first
  for (const event of events) {
    if (!waiting.has(event.order_id)) waiting.set(event.order_id, []);
    waiting.get(event.order_id).push(Buffer.from(JSON.stringify(event)));
  }
  for (let fruitless = 0; waiting.size > 0; ) {
    // One record a key: PutRecords promises no order within a call. And 5 MiB at most.
    let room = 5 * 2 ** 20;
    const fits = (key) => (room -= Buffer.byteLength(key) + waiting.get(key)[0].length) >= 0;
    const keys = [...waiting.keys()].slice(0, 500).filter(fits);
    const Records = keys.map((key) => ({ PartitionKey: key, Data: waiting.get(key)[0] }));
    const answer = await putRecords({ StreamName, Records });
    answer.Records.forEach((record, n) => {
      if (record.ErrorCode) return; // refused: put again, and before the next of its key
      waiting.get(keys[n]).shift();
      if (waiting.get(keys[n]).length === 0) waiting.delete(keys[n]);
    });
    fruitless = answer.FailedRecordCount === keys.length ? fruitless + 1 : 0;
    if (fruitless === 8) throw new Error(`the stream refuses the events of ${waiting.size} orders`);
    const pause = Math.min(5000, 100 * 2 ** fruitless) * (0.5 + Math.random() / 2);
    if (answer.FailedRecordCount > 0) await sleep(pause);
  }
}

// With the AWS SDK this is: `const kinesis = new Kinesis(); (input) => kinesis.putRecords(input)`.
async function putRecords({ StreamName, Records }) {
  const body = JSON.stringify({
    StreamName,
    Records: Records.map((record) => ({ ...record, Data: record.Data.toString("base64") })),
  });
  const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  const endpoint = new URL(
    process.env.AWS_ENDPOINT_URL_KINESIS ??
      process.env.AWS_ENDPOINT_URL ??
      `https://kinesis.${region}.amazonaws.com`,
  );
  const headers = signed(endpoint.host, region, body, new Date());
  const response = await fetch(endpoint, { method: "POST", headers, body });
  const answer = await response.json();
  if (!response.ok) throw new Error(`PutRecords: ${response.status} ${answer.__type}`);
  return answer;
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
function signed(host, region, body, now) {
  const sha256 = (text) => createHash("sha256").update(text).digest("hex");
  const hmac = (key, text) => createHmac("sha256", key).update(text).digest();
  const at = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const token = process.env.AWS_SESSION_TOKEN;
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    host,
    "x-amz-date": at,
    ...(token ? { "x-amz-security-token": token } : {}),
    "x-amz-target": "Kinesis_20131202.PutRecords",
  };
  const names = Object.keys(headers).join(";");
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const request = ["POST", "/", "", lines.join(""), names, sha256(body)].join("\n");
  const scope = [at.slice(0, 8), region, "kinesis", "aws4_request"];
  const secret = `AWS4${process.env.AWS_SECRET_ACCESS_KEY}`;
  const signature = hmac(
    scope.reduce(hmac, secret),
    ["AWS4-HMAC-SHA256", at, scope.join("/"), sha256(request)].join("\n"),
  ).toString("hex");
  const credential = `${process.env.AWS_ACCESS_KEY_ID}/${scope.join("/")}`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization };
}

const lines = readFileSync(0, "utf8").split("\n");
const events = lines.filter((line) => line.trim()).map((line) => JSON.parse(line));
await putInOrder(putRecords, process.argv[2], events);
console.log(`${events.length} events put on the stream`);
