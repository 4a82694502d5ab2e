// Does the schema compile where every keyword must be known, typed and used? Wants the package ajv: exit 77 without it.
"use strict";
let Ajv;
try {
  Ajv = require("ajv/dist/2020");
} catch (missing) {
  process.exit(77);
}
const schema = JSON.parse(require("fs").readFileSync(process.argv[2], "utf8"));
const validate = new Ajv({ strict: true, allErrors: true }).compile(schema);
const scenario = { aguanta: 1, name: "web", services: { web: { replicas: 0 } } };
if (validate(scenario) || validate.errors[0].instancePath !== "/services/web/replicas") {
  console.error("no error at /services/web/replicas", validate.errors);
  process.exit(1);
}
