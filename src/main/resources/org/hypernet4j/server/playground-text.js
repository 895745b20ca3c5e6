// Language models: a text that streams, in lines as wide as the page, with strips under each line.
'use strict';
play.parts.text = (() => {
  const get = play.get;
  const lines = get('lines');
  const state = get('text-state');
  let symbols = [];
  let given = 0;
  let changes = [];
  let names = [];
  let rows = []; // {from, to, element, letters, canvas}
  let columns = 80;
  let letter = 9;
  let marked = -1;

  function measure() {
    const probe = play.make('span', 'x'.repeat(20), {class: 'letters'});
    lines.append(probe);
    probe.style.display = 'inline';
    letter = probe.getBoundingClientRect().width / 20;
    probe.remove();
    columns = Math.max(10, Math.min(80, Math.floor(lines.clientWidth / letter)));
  }

  const shown = (symbol) => symbol === '\n' ? '↵' : symbol === '\t' ? '⇥'
    : symbol.length && symbol < ' ' ? '□' : symbol;

  /** Adds lines for the symbols that have come; what stood before stays. */
  function layOut() {
    let last = rows[rows.length - 1];
    for (let at = last ? last.to : 0; at < symbols.length; at++) {
      if (!last || last.full) {
        last = {from: at, to: at, full: false};
        last.element = play.make('div', null, {class: 'line'});
        last.letters = play.make('span', null, {class: 'letters'});
        last.canvas = play.make('canvas', null, {'aria-hidden': 'true'});
        last.element.append(last.letters, last.canvas);
        lines.append(last.element);
        rows.push(last);
      }
      last.to = at + 1;
      last.full = last.to - last.from === columns || symbols[at] === '\n';
      last.dirty = true;
    }
    const tops = play.strips.tops(changes, names.length);
    rows.forEach((row) => draw(row, tops));
  }

  function draw(row, tops) {
    if (row.dirty) {
      const old = row.letters;
      old.replaceChildren();
      const part = (from, to) => {
        const middle = Math.max(from, Math.min(to, given));
        [[from, middle, 'given'], [middle, to, 'made']].filter((each) => each[0] < each[1]).forEach((each) =>
          old.append(play.make('span', symbols.slice(each[0], each[1]).map(shown).join(''), {class: each[2]})));
      };
      if (marked >= row.from && marked < row.to) {
        part(row.from, marked);
        old.append(play.make('mark', shown(symbols[marked])));
        part(marked + 1, row.to);
      } else {
        part(row.from, row.to);
      }
      row.dirty = false;
    }
    row.canvas.hidden = names.length === 0;
    if (names.length) {
      play.strips.paint(row.canvas, changes, row.from, row.to, names.length, tops);
      row.canvas.style.width = letter * (row.to - row.from) + 'px';
      row.canvas.style.height = 0.35 * names.length + 'rem';
    }
  }

  function again() {
    measure();
    rows = [];
    lines.replaceChildren();
    layOut();
  }

  function mark(at) {
    if (at < 0 || at >= symbols.length) return;
    const before = marked;
    marked = at;
    rows.filter((row) => before >= row.from && before < row.to || at >= row.from && at < row.to)
      .forEach((row) => { row.dirty = true; draw(row, play.strips.tops(changes, names.length)); });
    get('text-value').textContent = 'Character ' + (at + 1) + ', ‘' + shown(symbols[at]) + '’'
      + (names.length ? ': ' + play.strips.words(names, changes[at]) : '');
  }

  /** A symbol may be a part of a character, which has no text, or end several. */
  function add(symbol, row) {
    Array.from(symbol).forEach((character, at) => {
      symbols.push(character);
      changes.push(at ? null : row);
    });
  }

  async function write(signal) {
    const settings = {prompt: get('prompt').value, length: play.number('text-length'),
      temperature: play.number('text-temperature'), seed: play.number('text-seed')};
    symbols = [];
    changes = [];
    names = [];
    given = 0;
    marked = -1;
    get('text-value').textContent = '';
    get('text-key').replaceChildren();
    again();
    state.textContent = 'The model reads the beginning …';
    let begun = 0;
    let waiting = false;
    for await (const line of play.lines('text', settings, signal)) {
      if (line.strips) {
        names = line.strips;
        play.strips.key(get('text-key'), names);
      }
      if (line.symbols) {
        line.symbols.forEach((symbol, at) => add(symbol, line.changes ? line.changes[at] : null));
        if (line.prompt) given = symbols.length;
        begun = begun || performance.now();
        if (!waiting) {
          waiting = true;
          requestAnimationFrame(() => {
            waiting = waiting === 'done' ? 'done' : false;
            layOut();
            if (waiting !== 'done' && !signal.aborted) said('Writing', begun);
          });
        }
      }
      if (line.end) {
        waiting = 'done';
        layOut();
        said(line.end === 'length' ? 'Done' : 'The server has stopped', begun);
        if (names.length === 0) {
          get('text-key').replaceChildren(play.make('li', 'No strips: the weights of this model do not change '
            + 'from character to character, or its files do not say how it is built.'));
        }
        lines.dataset.state = 'ended';
        return;
      }
    }
  }

  let told = 0;

  /** While it writes, once a second: a screen reader reads every change. */
  function said(word, begun) {
    if (word === 'Writing' && performance.now() - told < 1000) return;
    told = performance.now();
    const made = symbols.length - given;
    const seconds = (performance.now() - begun) / 1000;
    state.textContent = word + ': ' + made + ' characters' + (seconds > 0.3 && word === 'Writing'
      ? ', ' + Math.round(made / seconds) + ' a second' : '') + '.';
  }

  const job = play.job(get('write'), get('text-stop'), state, (signal) => {
    lines.dataset.state = 'running';
    return write(signal);
  });
  get('text-form').addEventListener('submit', (event) => { event.preventDefault(); job.run(); });
  get('text-another').addEventListener('click', () => {
    get('text-seed').value = Number(get('text-seed').value) + 1;
    job.run();
  });

  function pointed(event) {
    const row = rows.find((each) => each.element.contains(event.target));
    if (!row) return;
    const x = event.clientX - row.element.getBoundingClientRect().left;
    mark(Math.min(row.to - 1, row.from + Math.max(0, Math.floor(x / letter))));
  }
  lines.addEventListener('pointermove', pointed);
  lines.addEventListener('pointerdown', pointed);
  lines.addEventListener('keydown', (event) => {
    const step = {ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns}[event.key];
    if (step && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      mark(marked < 0 ? 0 : marked + step);
    }
  });
  let width = 0;
  new ResizeObserver(() => {
    if (lines.clientWidth !== width && !get('text').hidden) {
      width = lines.clientWidth;
      again();
    }
  }).observe(lines);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    play.strips.key(get('text-key'), names);
    again();
  });

  return {
    show(model) {
      get('prompt').value = /shakespeare/i.test(model.name + (model.description || '')) ? 'ROMEO:\n' : '';
      symbols = [];
      changes = [];
      names = [];
      state.textContent = '';
      get('text-key').replaceChildren();
      again();
    },
    hide() { job.end(); },
  };
})();
