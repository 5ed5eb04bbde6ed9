// Makes aggregates.json.gz with npm's aws-kinesis-agg 4.2.8, which is no part of this project:
// in an empty folder `npm install aws-kinesis-agg@4.2.8`, then `node make.cjs` beside node_modules.
// Each case: what was put in (key, hash key or null, base64 data), and what came out (base64).
"use strict";
const { writeFileSync } = require("node:fs");
const { gzipSync } = require("node:zlib");
const { RecordAggregator } = require("aws-kinesis-agg");

const order = (n) => JSON.stringify({ order_id: `o-${n}`, customer_id: `c-${n}` });
const numbers = (count) => Array.from({ length: count }, (_, n) => n);
const record = (key, data, hashKey) => ({
  partitionKey: key,
  ...(hashKey === undefined ? {} : { explicitHashKey: hashKey }),
  data: Buffer.from(data),
});

const cases = {
  "one record": [record("o-1", order(1))],
  "one key": numbers(90).map((n) => record("o-1", order(n))),
  "three hundred keys": numbers(300).map((n) => record(`o-${n}`, order(n))),
  "explicit hash keys": numbers(300).map((n) => record(`o-${n}`, order(n), String(2 ** 40 + n))),
  "explicit hash keys for some": numbers(9).map((n) =>
    record(`o-${n % 4}`, order(n), n % 3 ? undefined : String(n)),
  ),
  // JavaScript sorts such keys among an object's, so the table is not in the order of the indexes.
  "keys that are numbers": [30, 7, 100, 7].map((n) => record(String(n), order(n))),
  "keys in other scripts": ["заказ-1", "注文-2", "🛒-3", "å"].map((key) => record(key, order(key))),
  "no data, and every byte": [
    record("o-1", ""),
    record("o-2", numbers(256)),
    record("o-3", gzipSync(order(3))),
  ],
  "data whose length takes another byte": [127, 128, 16383, 16384, 130000].map((size, n) =>
    record(`o-${n}`, Buffer.alloc(size, order(n))),
  ),
  "a whole mebibyte": numbers(16).map((n) =>
    record("o-1", Buffer.alloc(n < 15 ? 65_536 : 65_351, order(n))),
  ),
};

const made = Object.entries(cases).map(([name, records]) => {
  const aggregator = new RecordAggregator();
  records.forEach((each) => aggregator.addUserRecord(each));
  const { partitionKey, data } = aggregator.build();
  return {
    name,
    partitionKey,
    put: records.map((r) => [r.partitionKey, r.explicitHashKey ?? null, r.data.toString("base64")]),
    aggregate: data.toString("base64"),
  };
});
writeFileSync("aggregates.json.gz", gzipSync(JSON.stringify(made), { level: 9 }));
for (const each of made) {
  console.log(each.name, each.put.length, Buffer.from(each.aggregate, "base64").length);
}
