// Compiles a JSON Schema with ajv in its strict mode, in which warnings are errors: node ajv.js FILE
const {readFileSync} = require("fs");
const Ajv = require("ajv/dist/2020");
const complain = (message) => { throw new Error(message); };
const logger = {log: complain, warn: complain, error: complain};
new Ajv({strict: true, logger}).compile(JSON.parse(readFileSync(process.argv[2])));
