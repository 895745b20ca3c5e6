// Models of pen strokes: a drawing that grows point by point.
'use strict';
play.parts.strokes = (() => {
  const get = play.get;
  const state = get('strokes-state');
  const paper = get('paper');
  const SVG = 'http://www.w3.org/2000/svg';
  let points = [];
  let names = [];
  let changes = [];
  let box = null;
  let drawn = 0;
  let path = null;
  let x = 0;
  let y = 0;

  function reset() {
    points = [];
    names = [];
    changes = [];
    drawn = 0;
    path = null;
    x = 0;
    y = 0;
    const reach = 3 * (play.model().spread || 30);
    box = [-reach, -reach, reach, reach];
    get('ink').replaceChildren();
    get('strokes-key').replaceChildren();
    get('strokes-strips').replaceChildren();
    get('strokes-value').textContent = '';
    frame();
  }

  function frame() {
    const margin = 0.06 * Math.max(box[2] - box[0], box[3] - box[1], 1e-3);
    paper.setAttribute('viewBox', [box[0] - margin, box[1] - margin, box[2] - box[0] + 2 * margin,
      box[3] - box[1] + 2 * margin].join(' '));
    const pixel = Math.max((box[2] - box[0]) / (paper.clientWidth || 300), (box[3] - box[1]) / (paper.clientHeight || 300));
    get('pen').setAttribute('r', 5 * pixel);
  }

  /** The offset after a lifted pen draws nothing. */
  function add([dx, dy, lifted]) {
    x += dx;
    y += dy;
    if (path === null) {
      path = document.createElementNS(SVG, 'path');
      // the first point of all begins where the pen was: nothing is known of the way there
      path.setAttribute('d', 'M' + x + ' ' + y + 'l0 0');
      get('ink').append(path);
      // the drawing begins in the middle of the paper
      if (drawn === 0) box = [box[0] + x, box[1] + y, box[2] + x, box[3] + y];
    } else {
      path.setAttribute('d', path.getAttribute('d') + 'L' + x + ' ' + y);
    }
    if (lifted) path = null;
    box = [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)];
    get('pen').setAttribute('cx', x);
    get('pen').setAttribute('cy', y);
    drawn++;
  }

  function fit() {
    let cx = 0;
    let cy = 0;
    box = [Infinity, Infinity, -Infinity, -Infinity];
    points.forEach(([dx, dy]) => {
      cx += dx;
      cy += dy;
      box = [Math.min(box[0], cx), Math.min(box[1], cy), Math.max(box[2], cx), Math.max(box[3], cy)];
    });
    if (points.length === 0) box = [-1, -1, 1, 1];
    frame();
    get('pen').setAttribute('r', 0);
  }

  /** Points are drawn at a pen's pace, or all at once where less motion is preferred. */
  function pace(signal, more) {
    return new Promise((done, failed) => {
      const step = () => {
        if (signal.aborted) { failed(new DOMException('stopped', 'AbortError')); return; }
        const count = play.still() ? points.length : Math.ceil((points.length - drawn) / 20);
        for (let i = 0; i < count && drawn < points.length; i++) add(points[drawn]);
        frame();
        if (drawn === points.length && !more()) done();
        else requestAnimationFrame(step);
      };
      step();
    });
  }

  function strips() {
    play.strips.key(get('strokes-key'), names);
    const canvas = play.make('canvas', null, {role: 'img', tabindex: '0',
      'aria-label': 'Change of the recurrent weights at each of ' + changes.length + ' points'});
    get('strokes-strips').replaceChildren(canvas);
    play.strips.paint(canvas, changes, 0, changes.length, names.length, play.strips.tops(changes, names.length));
    let at = -1;
    const say = (point) => {
      at = Math.max(0, Math.min(changes.length - 1, point));
      get('strokes-value').textContent = 'Point ' + (at + 1) + ': ' + play.strips.words(names, changes[at]);
      let px = 0;
      let py = 0;
      points.slice(0, at + 1).forEach(([dx, dy]) => { px += dx; py += dy; });
      frame();
      get('pen').setAttribute('cx', px);
      get('pen').setAttribute('cy', py);
    };
    const pointed = (event) => {
      const edge = canvas.getBoundingClientRect();
      say(Math.floor((event.clientX - edge.left) / edge.width * changes.length));
    };
    canvas.addEventListener('pointermove', pointed);
    canvas.addEventListener('pointerdown', pointed);
    canvas.addEventListener('keydown', (event) => {
      const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
      if (step) { event.preventDefault(); say(at + step); }
    });
  }

  async function draw(signal) {
    const settings = {length: play.number('strokes-length'), temperature: play.number('strokes-temperature'),
      seed: play.number('strokes-seed')};
    if (play.model().writes) settings.text = get('strokes-text').value;
    reset();
    paper.dataset.state = 'running';
    state.textContent = 'Drawing …';
    let more = true;
    let end = '';
    let failure = null;
    const reading = (async () => {
      try {
        for await (const line of play.lines('strokes', settings, signal)) {
          if (line.points) points.push(...line.points);
          if (line.strips) { names = line.strips; changes = line.changes; }
          if (line.end) end = line.end;
        }
      } catch (error) {
        failure = error;
      }
      more = false;
    })();
    await pace(signal, () => more);
    await reading;
    if (failure) throw failure;
    fit();
    if (names.length) strips();
    state.textContent = points.length + ' points' + (points.length === 0 ? ': the model ended before its first.'
      : end === 'drawn' ? ', then the model ended the drawing.' : ': the limit.');
    paper.setAttribute('aria-label', 'A drawing of ' + points.length + ' points');
    paper.dataset.state = 'ended';
  }

  const job = play.job(get('draw'), get('strokes-stop'), state, draw);
  get('strokes-form').addEventListener('submit', (event) => { event.preventDefault(); job.run(); });
  get('strokes-another').addEventListener('click', () => {
    get('strokes-seed').value = Number(get('strokes-seed').value) + 1;
    job.run();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { if (names.length) strips(); });

  return {
    show(model) {
      get('strokes-says').hidden = !model.writes;
      get('strokes-length').value = model.writes ? 700 : 250;
      reset();
      get('pen').setAttribute('r', 0);
      state.textContent = '';
      if (!model.writes && !play.still()) job.run();
    },
    hide() { job.end(); },
  };
})();
