// What all parts of the page share. Names and texts of models become text, never markup.
'use strict';
const play = (() => {
  const get = (id) => document.getElementById(id);
  const parts = {};
  let models = [];
  let current = null;
  let calls = 0;

  /** An element with a text and attributes. */
  function make(name, text, attributes) {
    const element = document.createElement(name);
    if (text !== undefined && text !== null) element.textContent = text;
    Object.entries(attributes || {}).forEach(([key, value]) => element.setAttribute(key, value));
    return element;
  }

  function fail(error) {
    if (error && error.name === 'AbortError') return;
    const box = get('error');
    box.textContent = error instanceof TypeError ? 'The server does not answer. Is it still running?'
      : String(error && error.message || error);
    box.hidden = false;
  }

  function clear() { get('error').hidden = true; }

  async function refusal(response) {
    let text = 'The server answers ' + response.status + '.';
    try { text = (await response.json()).error || text; } catch (unreadable) { /* the number must do */ }
    return new Error(text);
  }

  function post(path, body, signal) {
    return fetch(path, {method: 'POST', signal, headers: {'Content-Type': 'application/json'}, body});
  }

  /** Asks something of the model that is shown. */
  async function ask(path, settings, signal) {
    const response = await post('playground/' + path, JSON.stringify(named(settings)), signal);
    if (!response.ok) throw await refusal(response);
    return response.json();
  }

  function named(settings) {
    // digits beyond those of a double must survive, so the version is put in as it came
    return Object.assign({model: current.name, version: JSON.rawJSON ? JSON.rawJSON(current.version)
      : Number(current.version)}, settings);
  }

  /** The same for answers that come line by line. */
  async function* lines(path, settings, signal) {
    const response = await post('playground/' + path, JSON.stringify(named(settings)), signal);
    if (!response.ok) throw await refusal(response);
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let rest = '';
    let whole = false;
    for (;;) {
      const {done, value} = await reader.read();
      rest += decoder.decode(value, {stream: !done});
      const complete = rest.split('\n');
      rest = complete.pop();
      for (const line of complete) {
        const json = JSON.parse(line);
        if (json.error) throw new Error(json.error);
        whole = whole || 'end' in json;
        yield json;
      }
      if (done) break;
    }
    if (!whole) throw new Error('The answer was cut off. Is the server still running?');
  }

  /** The path of the model's own interface, and a call of it. */
  function predictPath() {
    return 'v1/models/' + encodeURIComponent(current.name) + '/versions/' + current.version + ':predict';
  }

  /** JSON of TensorFlow Serving has NaN and infinities, which a browser's has not. */
  function parse(text) {
    try { return JSON.parse(text); } catch (strict) {
      return JSON.parse(text.replace(/"(?:[^"\\]|\\.)*"|-?\bNaN\b|-?\bInfinity\b/g,
        (token) => token[0] === '"' ? token : '"' + token + '"'));
    }
  }

  async function predict(signature, inputs, signal) {
    return predictText(JSON.stringify({signature_name: signature, inputs}), signal);
  }

  async function predictText(body, signal) {
    const response = await post(predictPath(), body, signal);
    if (!response.ok) throw await refusal(response);
    return parse(await response.text()).outputs;
  }

  /** A number field's value; a wrong one is an error in words. */
  function number(id) {
    const field = get(id);
    if (!field.checkValidity() || field.value === '') {
      field.focus();
      throw new Error((field.labels[0] ? field.labels[0].firstChild.textContent.trim() : field.name)
        + ': ' + (field.validationMessage || 'a number is missing'));
    }
    return Number(field.value);
  }

  const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  /** Something that can be stopped: while it runs its buttons say so. */
  function job(start, stop, state, work) {
    let control = null;
    const end = () => { if (control) control.abort(); };
    async function run() {
      end();
      clear();
      const mine = control = new AbortController();
      stop.disabled = false;
      try {
        await work(mine.signal);
      } catch (error) {
        if (control === mine && error.name === 'AbortError') state.textContent = 'Stopped.';
        else if (control === mine) { state.textContent = ''; fail(error); }
      }
      if (control === mine) { control = null; stop.disabled = true; }
    }
    stop.addEventListener('click', () => { end(); start.focus(); });
    return {run, end, running: () => control !== null};
  }

  function show(model) {
    clear();
    if (current && parts[current.kind]) parts[current.kind].hide();
    current = model;
    document.title = model.name + ' – Hypernet4J playground';
    ['image', 'text', 'strokes', 'translation'].forEach((id) => { get(id).hidden = id !== model.kind; });
    const about = ['Version ' + model.version];
    if (model.description) about.unshift(model.description);
    if (model.parameters) about.push(model.parameters.toLocaleString('en') + ' parameters');
    if (model.generates) about.push('some of its weights are generated while it runs');
    get('about').textContent = about.join(' · ');
    get('form').hidden = model.kind === 'none';
    if (model.kind === 'none') {
      get('about').textContent = '';
      fail(new Error('This model takes no calls. ' + model.reason));
      return;
    }
    get('form').open = model.kind === 'form';
    if (model.reason) fail(new Error(model.reason));
    parts.form.show(model);
    if (model.kind !== 'form') parts[model.kind].show(model);
    document.documentElement.dataset.model = model.name;
  }

  async function start() {
    const select = get('model');
    const choose = (name) => {
      const model = models.find((each) => each.name === name) || models[0];
      select.value = model.name;
      show(model);
    };
    const asked = () => decodeURIComponent(/^#model=(.*)$/.exec(location.hash)?.[1] || '');
    select.addEventListener('change', async () => {
      history.replaceState(null, '', '#model=' + encodeURIComponent(select.value));
      await load().catch(fail); // a newer version may be served by now
      choose(select.value);
    });
    addEventListener('hashchange', () => choose(asked()));
    async function load() {
      const response = await fetch('playground/models');
      if (!response.ok) throw await refusal(response);
      const chosen = select.value;
      models = (await response.json()).models;
      select.replaceChildren(...models.map((each) => make('option', each.name, {value: each.name})));
      if (models.some((each) => each.name === chosen)) select.value = chosen;
    }
    try {
      await load();
      if (models.length === 0) throw new Error('No model is served.');
      choose(asked());
    } catch (error) {
      fail(error);
    }
    document.documentElement.dataset.ready = 'yes';
  }

  return {get, make, parts, ask, lines, predict, predictText, predictPath, number, still, colour, job, fail, clear,
    start, model: () => current, turn: () => ++calls};
})();
