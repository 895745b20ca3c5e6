// Strips of weight change: a row for each gate, a column for each symbol or point.
'use strict';
play.strips = (() => {
  const meanings = {i: 'input gate', g: 'candidate', f: 'forget gate', o: 'output gate', r: 'reset gate',
    u: 'update gate', z: 'update gate', c: 'candidate', n: 'candidate', h: 'recurrent weights'};

  /** W_h_i, layer0/W_h_i: sign, layer and meaning. */
  function describe(name) {
    const found = /^(?:layer(\d+)\/)?(\w+?)(?:_([a-z]))?$/.exec(name) || [name, undefined, name, undefined];
    const layer = found[1] === undefined ? '' : 'layer ' + found[1] + ', ';
    return {base: found[2].replace(/_h$/, ''), gate: found[3] || '', layer,
      meaning: layer + (meanings[found[3]] || 'recurrent weights')};
  }

  /** The number with the full colour: that which 98 of 100 do not exceed. */
  function full(values) {
    const sorted = values.filter((value) => value !== null && Number.isFinite(value)).sort((a, b) => a - b);
    return sorted.length ? sorted[Math.ceil(0.98 * sorted.length) - 1] : 0;
  }

  const ink = (strip) => play.colour('--s' + strip % 5);

  function rgb(hex) {
    const number = parseInt(hex.slice(1), 16);
    return [number >> 16, number >> 8 & 255, number & 255];
  }

  /** Says what the rows are. */
  function key(list, names) {
    list.replaceChildren(...names.map((name, strip) => {
      const it = describe(name);
      const item = play.make('li');
      const patch = play.make('i');
      patch.style.background = ink(strip);
      const sign = play.make('b', it.base);
      sign.append(play.make('sub', 'h'));
      if (it.gate) sign.append(play.make('sup', it.gate));
      item.append(patch, sign, ' ' + it.meaning);
      return item;
    }));
  }

  /** Paints rows of numbers [column][strip] on a canvas, from some column to another. */
  function paint(canvas, columns, from, to, strips, tops) {
    const rows = strips * 4 + strips - 1; // three parts of colour in four, and a gap
    canvas.width = to - from;
    canvas.height = Math.max(1, rows);
    if (canvas.width === 0) return;
    const context = canvas.getContext('2d');
    const image = context.createImageData(canvas.width, canvas.height);
    const inks = Array.from({length: strips}, (none, strip) => rgb(ink(strip)));
    for (let column = from; column < to; column++) {
      for (let strip = 0; strip < strips; strip++) {
        const value = columns[column] ? columns[column][strip] : null;
        const share = value === null || value === undefined || !(tops[strip] > 0) ? 0
          : Math.min(1, value / tops[strip]);
        for (let y = strip * 5; y < strip * 5 + 4; y++) {
          const at = 4 * (y * canvas.width + column - from);
          image.data.set(inks[strip], at);
          image.data[at + 3] = Math.round(255 * share);
        }
      }
    }
    context.putImageData(image, 0, 0);
  }

  function tops(columns, strips) {
    return Array.from({length: strips}, (none, strip) => full(columns.map((row) => row ? row[strip] : null)));
  }

  /** A column's numbers in words. */
  function words(names, row) {
    return names.map((name, strip) => {
      const it = describe(name);
      const value = row ? row[strip] : null;
      return it.meaning + ' ' + (value === null || value === undefined ? 'none' : value.toPrecision(3));
    }).join(', ');
  }

  return {key, paint, tops, words, full};
})();
