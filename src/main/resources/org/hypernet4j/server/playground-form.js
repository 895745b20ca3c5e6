// Any model: a signature is called with JSON, as any client of TensorFlow Serving calls it.
'use strict';
play.parts.form = (() => {
  const get = play.get;

  function empty(tensor) {
    return tensor.type === 'DT_STRING' ? '' : tensor.type === 'DT_BOOL' ? false : 0;
  }

  /** An example of a shape: one row, where the number of rows is open. */
  function filled(shape, value) {
    return shape.length === 0 ? value
      : Array.from({length: shape[0] < 0 ? 1 : shape[0]}, () => filled(shape.slice(1), value));
  }

  const size = (shape) => shape.reduce((all, each) => all * Math.max(1, each), 1);

  /** Nested lists on one line where they are short. */
  function written(value, indent) {
    const line = JSON.stringify(value);
    if (!Array.isArray(value) && typeof value !== 'object' || line.length < 70) return line;
    const inner = indent + ' ';
    return Array.isArray(value)
      ? '[' + value.map((each) => written(each, inner)).join(',\n' + inner) + ']'
      : '{' + Object.entries(value).map(([key, each]) =>
        JSON.stringify(key) + ': ' + written(each, inner)).join(',\n' + inner) + '}';
  }

  function shape(tensor) {
    return tensor.type.replace(/^DT_/, '').toLowerCase() + ' '
      + (tensor.shape ? '[' + tensor.shape.map((each) => each < 0 ? '?' : each).join(', ') + ']' : 'of any shape');
  }

  function describe(tensors) {
    return Object.entries(tensors).map(([name, tensor]) => name + ': ' + shape(tensor)).join('; ');
  }

  const quoted = (text) => "'" + text.replace(/'/g, "'\\''") + "'";

  function command() {
    const url = new URL(play.predictPath(), location.href).href;
    const body = '{"signature_name": ' + JSON.stringify(get('signature').value) + ', "inputs": '
      + get('inputs').value.replace(/\s*\n\s*/g, ' ') + '}';
    const short = body.length > 2000 ? '@request.json' : body;
    get('curl').textContent = 'curl -s ' + quoted(url) + ' -d ' + quoted(short);
  }

  async function choose() {
    const model = play.model();
    const key = get('signature').value;
    const chosen = model.signatures[key];
    get('shapes').textContent = 'in: ' + describe(chosen.inputs) + ' → out: ' + describe(chosen.outputs);
    const inputs = {};
    Object.entries(chosen.inputs).forEach(([name, tensor]) => {
      inputs[name] = size(tensor.shape || []) > 4096 ? [] : filled(tensor.shape || [-1], empty(tensor));
    });
    get('inputs').value = written(inputs, '');
    command();
    get('outputs').hidden = true;
    get('call-state').textContent = '';
    if (model.kind !== 'form') return;
    try {
      const example = (await play.ask('example', {signature: key})).inputs;
      if (play.model() === model && get('signature').value === key && Object.keys(example).length) {
        get('inputs').value = written(example, '');
        command();
      }
    } catch (error) {
      play.fail(error);
    }
  }

  get('signature').addEventListener('change', choose);
  get('inputs').addEventListener('input', command);
  get('call-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    play.clear();
    get('call-state').textContent = 'Calling …';
    get('outputs').hidden = true;
    const begun = performance.now();
    try {
      const answer = await play.predictText('{"signature_name": ' + JSON.stringify(get('signature').value)
        + ', "inputs": ' + get('inputs').value + '}');
      get('call-state').textContent = 'Answered after ' + Math.round(performance.now() - begun) + ' ms.';
      get('outputs').textContent = written(answer, '');
      get('outputs').hidden = false;
    } catch (error) {
      get('call-state').textContent = '';
      play.fail(error);
    }
  });

  return {
    show(model) {
      const keys = Object.keys(model.signatures).sort((one, other) =>
        (other === 'serving_default') - (one === 'serving_default'));
      get('signature').replaceChildren(...keys.map((key) => play.make('option', key, {value: key})));
      if (get('signature').options.length) choose();
    },
    hide() {},
  };
})();
