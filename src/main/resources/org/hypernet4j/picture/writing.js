
'use strict';
// Shows the first `at` points of the drawing, and plays.
(() => {
  const get = (id) => document.getElementById(id);
  const root = document.documentElement;
  const data = JSON.parse(get('data').textContent);
  const points = data.from.length;
  const ink = get('ink');
  const play = get('play');
  const scrub = get('scrub');
  const view = get('view');
  const make = (name, parent, values) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const key in values) element.setAttribute(key, values[key]);
    return parent.appendChild(element);
  };

  // Strokes: what is drawn, over a faint copy of the whole.
  const group = ink.querySelector('g');
  const ghost = group.cloneNode(true);
  ghost.setAttribute('class', 'ghost');
  ink.insertBefore(ghost, group);
  const strokes = Array.from(group.children, (element, s) => {
    const whole = element.getAttribute('d');
    const ends = []; // where each vertex ends in the text of the path
    if (whole) {
      for (let i = whole.indexOf('L'); i >= 0; i = whole.indexOf('L', i + 1)) ends.push(i);
      ends.push(whole.length);
    }
    return { element, whole, ends, first: data.strokes[s][0], last: data.strokes[s][1], shown: '' };
  });
  const first = strokes[0].first;
  const line = Number(group.getAttribute('stroke-width'));
  const pen = make('circle', ink, { id: 'pen', r: 1.1 * line + 4, 'stroke-width': line / 2 + 2 });

  // part: how far the pen is on its way from the last point shown to the next, 0 to 1
  function showStrokes(at, part) {
    for (const stroke of strokes) {
      let text = 'none';
      if (at >= stroke.last) text = stroke.whole;
      else if (at >= stroke.first && stroke.whole) {
        text = stroke.whole.slice(0, stroke.ends[at - stroke.first]) + 'L' + tip(at, part).join(' ');
      } else if (at >= stroke.first) text = null;
      if (text === stroke.shown) continue;
      stroke.shown = text;
      stroke.element.setAttribute('visibility', text === 'none' ? 'hidden' : 'visible');
      if (text && text !== 'none') stroke.element.setAttribute('d', text);
    }
  }

  function tip(at, part) {
    const from = Math.max(at, first);
    const to = Math.min(from + 1, points);
    const between = (v) => Math.round(100 * (v[from] + (v[to] - v[from]) * part)) / 100;
    return [between(data.x), between(data.y)];
  }

  // Strips: a column has the largest number of the points shown that share it.
  const bands = Array.from(document.querySelectorAll('.strip'), (element) => {
    const svg = element.querySelector('svg');
    return {
      svg,
      output: element.querySelector('output'),
      name: element.querySelector('b').textContent,
      head: make('path', svg, { class: 'head' }),
      rects: svg.querySelectorAll('rect'),
      strip: null,
    };
  });
  const gates = bands.slice(bands.length - data.strips.length);
  gates.forEach((band, s) => {
    band.strip = data.strips[s];
    band.columns = new Float64Array(data.columns);
    band.drawn = new Float64Array(data.columns).fill(-1);
  });
  let filled = 0; // points that the columns contain

  function fill(at) {
    if (at < filled) {
      gates.forEach((band) => band.columns.fill(0));
      filled = 0;
    }
    for (; filled < at; filled++) {
      for (const band of gates) {
        const value = band.strip.values[filled] || 0;
        for (let c = data.from[filled]; c <= data.to[filled]; c++) {
          if (value > band.columns[c]) band.columns[c] = value;
        }
      }
    }
    for (const band of gates) {
      for (let c = 0; c < data.columns; c++) {
        if (band.columns[c] === band.drawn[c]) continue;
        band.drawn[c] = band.columns[c];
        const shade = band.strip.full > 0 ? Math.min(1, band.columns[c] / band.strip.full) : 0;
        band.rects[c].setAttribute('fill-opacity', shade.toFixed(2));
      }
    }
  }

  function number(value) {
    return value === null || value === undefined ? '\u2013' : String(Number(value.toPrecision(3)));
  }

  let at = points;
  let part = 0;
  let playing = false;
  let speed = 1;
  let before = 0;
  let said = -1;

  function show() {
    fill(at);
    showStrokes(at, part);
    const [x, y] = tip(at, part);
    const stroke = strokes.find((s) => at <= s.last);
    const down = at >= stroke.first && (at < stroke.last || part === 0);
    const head = data.place
      ? (x / ink.viewBox.baseVal.width) * data.columns
      : (Math.max(0, at - 0.5 + part) / points) * data.columns;
    const over = at === points && !playing;
    pen.setAttribute('visibility', over ? 'hidden' : 'visible');
    pen.setAttribute('class', down ? '' : 'up');
    pen.setAttribute('cx', x);
    pen.setAttribute('cy', y);
    for (const band of bands) {
      band.head.setAttribute('d', `M${head.toFixed(2)} 0V1`);
      band.head.setAttribute('visibility', over ? 'hidden' : 'visible');
    }
    if (view.scrollWidth > view.clientWidth && playing) {
      view.scrollLeft = (x / ink.viewBox.baseVal.width) * view.scrollWidth - view.clientWidth * 0.6;
    }
    root.dataset.state = playing ? 'playing' : at === points ? 'ended' : 'paused';
    if (at !== said) say(stroke, down);
  }

  function say(stroke, down) {
    said = at;
    root.dataset.point = at;
    scrub.value = at;
    const drawn = strokes.indexOf(stroke) + 1;
    const text = at === 0
      ? `Before the first of ${points} points`
      : `Point ${at} of ${points}, stroke ${drawn} of ${strokes.length}`;
    for (const band of bands) {
      if (band.strip) band.output.value = at === 0 ? '' : number(band.strip.values[at - 1]);
      else band.output.value = at === 0 ? '' : down ? 'down' : 'lifted';
    }
    get('where').value = text;
    const values = gates.map((band) => `${band.name} ${band.output.value || 'none'}`);
    scrub.setAttribute('aria-valuetext', [text].concat(at === 0 ? [] : values).join(', '));
  }

  function setPlaying(on) {
    if (on && at === points) {
      at = 0;
      part = 0;
    }
    if (!on) part = 0;
    playing = on;
    before = performance.now();
    get('act').textContent = on ? 'Pause' : at === points ? 'Play again' : 'Play';
    show();
    if (on) requestAnimationFrame(frame);
  }

  function frame(now) {
    if (!playing) return;
    // a page that was hidden goes on where it was
    part += Math.min(0.25, Math.max(0, now - before) / 1000) * data.rate * speed;
    before = now;
    const whole = Math.floor(part);
    at = Math.min(points, at + whole);
    part -= whole;
    if (at === points) {
      setPlaying(false);
      return;
    }
    show();
    requestAnimationFrame(frame);
  }

  function go(point) {
    at = Math.max(0, Math.min(points, Math.round(point)));
    setPlaying(false);
  }

  play.addEventListener('click', () => setPlaying(!playing));
  scrub.addEventListener('input', () => go(Number(scrub.value)));
  get('speed').addEventListener('change', (event) => {
    speed = Number(event.target.value);
  });

  document.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    if (event.target.closest('select, a')) return;
    const step = event.shiftKey ? 10 : 1;
    const key = event.key;
    if (key === ' ' && !event.target.closest('button')) setPlaying(!playing);
    else if (event.target === scrub && !event.shiftKey) return;
    else if (key === 'ArrowRight' || key === 'ArrowUp' && event.target === scrub) go(at + step);
    else if (key === 'ArrowLeft' || key === 'ArrowDown' && event.target === scrub) go(at - step);
    else if (key === 'Home') go(0);
    else if (key === 'End') go(points);
    else return;
    event.preventDefault();
  });

  // Pointers: the strips by their axis, the drawing by the nearest point.
  function nearest(x, y) {
    let best = 1;
    let least = Infinity;
    for (let v = 1; v <= points; v++) {
      const distance = Math.hypot(data.x[v] - x, y === null ? 0 : data.y[v] - y);
      if (distance < least) {
        least = distance;
        best = v;
      }
    }
    return best;
  }

  function follow(svg, toPoint) {
    const move = (event) => {
      const box = svg.getBoundingClientRect();
      go(toPoint(event, box));
    };
    svg.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      // a finger may be about to scroll
      if (event.pointerType !== 'touch') svg.setPointerCapture(event.pointerId);
      move(event);
    });
    svg.addEventListener('pointermove', (event) => {
      if (event.buttons & 1) move(event);
    });
  }

  const width = ink.viewBox.baseVal.width;
  bands.forEach((band) => follow(band.svg, (event, box) => {
    const share = (event.clientX - box.left) / box.width;
    return data.place ? nearest(share * width, null) : Math.ceil(share * points);
  }));
  follow(ink, (event) => {
    const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(ink.getScreenCTM().inverse());
    return nearest(place.x, place.y);
  });

  get('controls').hidden = false;
  const asked = /^#point=(\d+)$/.exec(location.hash);
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  if (asked) go(Number(asked[1]));
  else setPlaying(!still);
})();
