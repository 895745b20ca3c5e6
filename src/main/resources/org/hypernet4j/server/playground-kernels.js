// The convolution kernels of a model, as tiles in two colours.
'use strict';
play.kernels = (() => {
  const get = play.get;
  let shown = [];

  /** From the colour of -1 over the page's own to that of 1: two colours that all readers tell apart. */
  function shade(share) {
    const part = (hex, shift) => parseInt(hex.slice(1), 16) >> shift & 255;
    const far = play.colour(share < 0 ? '--s0' : '--s2');
    const near = {'#fff': '#ffffff'}[play.colour('--ground')] || play.colour('--ground');
    return [16, 8, 0].map((shift) =>
      Math.round(part(near, shift) + (part(far, shift) - part(near, shift)) * Math.min(1, Math.abs(share))));
  }

  function tiles(canvas, kernel, most) {
    const [height, width] = kernel.shape;
    canvas.width = kernel.columns * (width + 1) - 1;
    canvas.height = kernel.rows * (height + 1) - 1;
    const context = canvas.getContext('2d');
    const image = context.createImageData(canvas.width, canvas.height);
    kernel.values.forEach((value, at) => {
      const tile = Math.floor(at / (height * width));
      const y = Math.floor(tile / kernel.columns) * (height + 1) + Math.floor(at % (height * width) / width);
      const x = tile % kernel.columns * (width + 1) + at % width;
      const to = 4 * (y * canvas.width + x);
      image.data.set(shade(value === null || !most ? 0 : value / most), to);
      image.data[to + 3] = 255;
    });
    context.putImageData(image, 0, 0);
    const zoom = Math.max(1, Math.min(4, Math.floor(480 / canvas.width)));
    canvas.style.width = canvas.width * zoom + 'px';
  }

  function draw() {
    get('kernels').replaceChildren(...shown.map((kernel) => {
      const figure = play.make('figure', null, {class: 'kernel'});
      const caption = play.make('figcaption');
      const [height, width, inputs, outputs] = kernel.shape;
      caption.append(play.make('b', kernel.name), kernel.generated ? ' (generated)' : ' (learnt as it is)');
      const parts = kernel.rows < inputs || kernel.columns < outputs ? ', the first ' + kernel.rows + ' by ' + kernel.columns : '';
      caption.append(play.make('div', height + ' × ' + width + ', ' + inputs + (inputs === 1 ? ' input' : ' inputs') + ' (down) to ' + outputs
        + (outputs === 1 ? ' output' : ' outputs') + ' (across)' + parts, {class: 'faint'}));
      const finite = kernel.values.filter((value) => value !== null);
      // the largest few would leave the others without colour
      const most = play.strips.full(finite.map((value) => Math.abs(value)));
      const canvas = play.make('canvas', null, {class: 'tiles', role: 'img',
        'aria-label': 'Weights of ' + kernel.name + ' as shades of two colours'});
      tiles(canvas, kernel, most);
      const scale = play.make('div', null, {class: 'scale'});
      const bar = play.make('canvas', null, {'aria-hidden': 'true'});
      tiles(bar, {shape: [1, 101], rows: 1, columns: 1,
        values: Array.from({length: 101}, (none, at) => at / 50 - 1)}, 1);
      bar.style.width = '';
      scale.append('−' + most.toPrecision(2), bar, most.toPrecision(2), ' (full colour: 2 of 100 are beyond)');
      figure.append(caption, canvas, scale);
      return figure;
    }));
  }

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);

  return {
    async show() {
      const model = play.model();
      shown = [];
      draw();
      get('kernels-note').textContent = 'Reading the kernels …';
      try {
        const answer = await play.ask('kernels', {});
        if (play.model() !== model) return;
        shown = answer.kernels;
        draw();
        const made = shown.some((kernel) => kernel.generated);
        get('kernels-note').textContent = (shown.length === 0
          ? 'This model shows none: it has no convolution, or its kernels depend on the input.'
          : made ? 'Those marked as generated are made by a hypernetwork of a short vector; the others were learnt as they are.'
            : 'They were learnt, or folded, as they are: nothing is generated while this model runs.')
          + (answer.count > shown.length ? ' The first ' + shown.length + ' of ' + answer.count + ' are shown.' : '');
      } catch (error) {
        get('kernels-note').textContent = '';
        play.fail(error);
      }
    },
  };
})();
