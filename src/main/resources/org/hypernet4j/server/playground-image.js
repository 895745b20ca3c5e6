// Classifiers of images: a board to draw on, probabilities as bars, and the kernels.
'use strict';
play.parts.image = (() => {
  const get = play.get;
  const board = get('board');
  const SIDE = 28; // units of the board's side
  const CIFAR10 = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
  let lines = [];
  let pen = [SIDE / 2, SIDE / 2];
  let down = false; // the keyboard's pen
  let picture = null; // channels of an example or a file, instead of lines
  let signature = null;
  let example = {};
  let place = -1;
  let control = null;
  let again = false;

  const width = () => signature.shape[2];
  const height = () => signature.shape[1];
  const colours = () => signature.shape[3];

  function paint() {
    const pixels = Math.round(board.clientWidth * devicePixelRatio) || 1;
    board.width = pixels;
    board.height = pixels;
    const context = board.getContext('2d');
    if (picture) {
      const small = play.make('canvas');
      play.pixels.show(small, picture, width(), height());
      context.imageSmoothingEnabled = false;
      context.drawImage(small, 0, 0, pixels, pixels);
    } else {
      play.pixels.stroke(context, lines, pixels / SIDE, 0, 0, pixels * 2.3 / SIDE);
    }
    if (document.activeElement === board) {
      context.lineWidth = Math.max(2, pixels / 140);
      context.strokeStyle = down ? '#ff9a4d' : '#6db6f2';
      context.beginPath();
      context.arc(pen[0] * pixels / SIDE, pen[1] * pixels / SIDE, pixels / SIDE * 1.1, 0, 2 * Math.PI);
      context.stroke();
    }
    board.setAttribute('aria-label', picture ? 'A picture' : lines.length === 0 ? 'An empty board'
      : 'A drawing of ' + lines.length + (lines.length === 1 ? ' line' : ' lines'));
  }

  function channels() {
    if (picture) return picture;
    const grey = play.pixels.ofLines(lines, width(), height());
    return grey && Array.from({length: colours()}, () => grey);
  }

  /** Numbers that go in beside the image, as [1] or [1, n]. */
  function others() {
    const inputs = {};
    Object.entries(signature.others).forEach(([name, tensor]) => {
      const fields = [...get('others').querySelectorAll('input')].filter((field) => field.name === name);
      const values = fields.map((field) => {
        if (!field.checkValidity() || field.value === '') {
          throw new Error(name + ': ' + (field.validationMessage || 'a number is missing'));
        }
        return Number(field.value);
      });
      inputs[name] = tensor.shape.length === 1 ? values : [values];
    });
    return inputs;
  }

  /** One request at a time: while it runs, the last drawing waits. */
  async function classify() {
    if (control) {
      again = true;
      return;
    }
    const seen = channels();
    if (!seen) {
      nothing();
      return;
    }
    control = new AbortController();
    board.dataset.state = 'asking';
    try {
      play.pixels.show(get('seen'), seen, width(), height());
      get('seen-by').hidden = false;
      const inputs = others();
      inputs[signature.image] = [play.pixels.nested(seen, width(), height())];
      const answer = await play.predict(signature.key, inputs, control.signal);
      play.clear();
      if (lines.length || picture) bars(answer.probabilities === undefined ? answer : answer.probabilities);
    } catch (error) {
      play.fail(error);
    }
    control = null;
    board.dataset.state = 'answered';
    if (again) {
      again = false;
      classify();
    }
  }

  function nothing() {
    get('seen-by').hidden = true;
    get('verdict').textContent = 'Nothing is drawn yet.';
    get('bars').replaceChildren();
    delete get('bars').dataset.best;
  }

  const label = (at) => play.model().data === 'cifar10' ? CIFAR10[at] || at : at;

  /** Probabilities [1, classes], or [1, heads, classes] of a model with several answers. */
  function bars(probabilities) {
    const heads = Array.isArray(probabilities[0][0]) ? probabilities[0] : [probabilities[0]];
    const lists = [...get('bars').children];
    while (lists.length < heads.length) {
      const list = play.make('ol', null, {class: 'bars'});
      get('bars').append(list);
      lists.push(list);
    }
    const verdicts = heads.map((head, at) => {
      const list = lists[at];
      while (list.children.length < head.length) {
        const item = play.make('li');
        const bar = play.make('span', null, {class: 'bar'});
        bar.append(play.make('i'));
        item.append(play.make('span'), bar, play.make('output'));
        list.append(item);
      }
      const best = head.reduce((most, value, each) => value > head[most] ? each : most, 0);
      head.forEach((value, each) => {
        const item = list.children[each];
        item.classList.toggle('best', each === best);
        item.children[0].textContent = label(each);
        item.querySelector('i').style.width = 100 * Number(value) + '%';
        item.children[2].textContent = (100 * value).toFixed(1) + ' %';
      });
      return label(best) + ' with ' + (100 * head[best]).toFixed(1) + ' %';
    });
    get('verdict').textContent = 'Most probable: ' + verdicts.join('; ');
    get('bars').dataset.best = heads.map((head) => head.indexOf(Math.max(...head))).join();
  }

  // The pen: mouse and finger.
  function at(event) {
    const box = board.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width * SIDE, (event.clientY - box.top) / box.height * SIDE];
  }

  function begin(point) {
    if (picture) { picture = null; lines = []; }
    lines.push([point]);
    pen = point;
  }

  function to(point) {
    lines[lines.length - 1].push(point);
    pen = point;
  }

  board.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    board.focus({preventScroll: true});
    board.setPointerCapture(event.pointerId);
    down = false;
    begin(at(event));
    paint();
    classify();
  });
  board.addEventListener('pointermove', (event) => {
    if (!board.hasPointerCapture(event.pointerId)) return;
    const all = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    (all.length ? all : [event]).forEach((each) => to(at(each)));
    paint();
    classify();
  });

  // The pen: keys.
  board.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const step = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[event.key];
    if (step) {
      const next = pen.map((value, axis) => Math.max(1, Math.min(SIDE - 1, value + step[axis])));
      if (down) to(next); else pen = next;
    } else if (event.key === ' ' || event.key === 'Enter') {
      down = !down;
      if (down) begin(pen);
    } else if (event.key === 'Backspace' || event.key === 'Delete') {
      clear();
    } else {
      return;
    }
    event.preventDefault();
    paint();
    classify();
  });
  ['focus', 'blur'].forEach((name) => board.addEventListener(name, paint));

  function clear() {
    lines = [];
    picture = null;
    down = false;
    pen = [SIDE / 2, SIDE / 2];
    paint();
    nothing();
  }
  get('clear').addEventListener('click', clear);

  get('sample').addEventListener('click', () => {
    const images = example[signature.image];
    place = (place + 1) % images.length;
    lines = [];
    picture = play.pixels.channels(images[place]);
    fill(place);
    paint();
    classify();
  });

  get('file').addEventListener('change', async () => {
    try {
      const file = get('file').files[0];
      if (!file) return;
      lines = [];
      picture = play.pixels.ofPicture(await createImageBitmap(file), width(), height());
      paint();
      classify();
    } catch (error) {
      play.fail(new Error('This file is no picture that the browser can read.'));
    }
  });

  /** Fields for the other inputs, filled from a row of the model's example. */
  function fields() {
    const all = get('others');
    all.replaceChildren();
    Object.entries(signature.others).forEach(([name, tensor]) => {
      const group = play.make('fieldset');
      group.append(play.make('legend', name));
      const whole = tensor.type !== 'DT_FLOAT';
      for (let at = 0; at < (tensor.shape[1] || 1); at++) {
        const field = play.make('input', null, {type: 'number', name, step: whole ? '1' : 'any', value: '0',
          'aria-label': name + ' ' + (at + 1)});
        field.addEventListener('change', classify);
        group.append(field);
      }
      all.append(group);
    });
  }

  function fill(row) {
    Object.keys(signature.others).forEach((name) => {
      const values = example[name] && example[name][row];
      if (values === undefined) return;
      [...get('others').querySelectorAll('input')].filter((field) => field.name === name)
        .forEach((field, at) => { field.value = [values].flat()[at]; });
    });
  }

  async function choose(chosen) {
    signature = chosen;
    example = {};
    place = -1;
    fields();
    get('file-choice').hidden = colours() !== 3;
    get('image-title').textContent = colours() === 3 ? 'Draw, or choose a picture' : 'Draw a digit';
    get('sample').hidden = true;
    clear();
    try {
      example = (await play.ask('example', {signature: chosen.key})).inputs;
      if (signature !== chosen) return;
      get('sample').hidden = !Array.isArray(example[chosen.image]);
      fill(0);
    } catch (error) {
      play.fail(error);
    }
  }

  new ResizeObserver(() => { if (signature && !get('image').hidden) paint(); }).observe(board);

  return {
    show(model) {
      choose(model.images[0]);
      play.kernels.show();
    },
    hide() { if (control) control.abort(); },
  };
})();
