// The reader of TensorFlow.js for Node: speaks on standard input and output as ReaderLoop does.
'use strict';

const readline = require('node:readline');

// what libraries print must not come between the answers
const answer = (object) => process.stdout.write(JSON.stringify(object) + '\n');
console.log = console.info = console.error;

const tf = require('@tensorflow/tfjs-node');

const TYPES = {DT_FLOAT: 'float32', DT_INT32: 'int32', DT_INT64: 'int64'};
const metaGraphs = new Map();
const models = new Map();

async function remembered(map, key, make) {
  if (!map.has(key)) {
    map.set(key, await make());
  }
  return map.get(key);
}

async function signatureOf(folder, key) {
  const graphs =
      await remembered(metaGraphs, folder, () => tf.node.getMetaGraphsFromSavedModel(folder));
  const signature = graphs.find((graph) => graph.tags.includes('serve')).signatureDefs[key];
  if (!signature) {
    throw new Error(`the model has no signature '${key}'`);
  }
  return signature;
}

function tensor({dtype, shape, values}) {
  if (dtype !== 'int64') {
    return tf.tensor(values, shape, dtype);
  }
  // TensorFlow.js has no int64: it widens an int32, and negative ones come out wrong
  return tf.tensor(
      values.map((text) => {
        const value = Number(text);
        if (!(value >= 0 && value < 2 ** 31)) {
          throw new Error(`TensorFlow.js cannot send the int64 ${text}`);
        }
        return value;
      }),
      shape, 'int32');
}

async function arrayOf(output, tfType) {
  const dtype = TYPES[tfType];
  if (!dtype) {
    throw new Error(`no array for ${tfType}`);
  }
  const data = Array.from(await output.data());
  return {dtype, shape: output.shape, values: dtype === 'int64' ? data.map(String) : data};
}

async function call({model: folder, signature: key, inputs}) {
  const signature = await signatureOf(folder, key);
  const model = await remembered(
      models, `${folder} ${key}`, () => tf.node.loadSavedModel(folder, ['serve'], key));
  const feeds = {};
  for (const [alias, array] of Object.entries(inputs)) {
    feeds[alias] = tensor(array);
  }
  const results = model.predict(feeds);
  const outputs = {};
  for (const [alias, result] of Object.entries(results)) {
    outputs[alias] = await arrayOf(result, signature.outputs[alias].tfDtype);
  }
  tf.dispose([feeds, results]);
  return outputs;
}

async function main() {
  answer({runtime: `TensorFlow.js ${tf.version['tfjs-node']} (TensorFlow ${
      tf.backend().binding.TF_Version}, Node ${process.versions.node})`});
  for await (const line of readline.createInterface({input: process.stdin})) {
    try {
      answer({outputs: await call(JSON.parse(line))});
    } catch (error) {
      answer({error: String(error).split('\n')[0]});
    }
  }
}

main();
