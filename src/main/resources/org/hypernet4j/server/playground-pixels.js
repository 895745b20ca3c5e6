// From lines of a pen to the pixels of a model: as the digits of MNIST were made.
'use strict';
play.pixels = (() => {
  const FINE = 4; // parts of a pixel's side that are drawn and averaged

  function surface(width, height) {
    const canvas = play.make('canvas');
    canvas.width = width;
    canvas.height = height;
    return canvas.getContext('2d', {willReadFrequently: true});
  }

  /** Draws lines of points [x, y] in units of which `scale` make a pixel, moved by dx, dy. */
  function stroke(context, lines, scale, dx, dy, thickness) {
    context.lineCap = 'round';
    context.lineJoin = 'round';
    context.lineWidth = thickness;
    context.strokeStyle = '#fff';
    context.fillStyle = '#fff';
    lines.forEach((line) => {
      context.beginPath();
      if (line.length === 1) {
        context.arc(line[0][0] * scale + dx, line[0][1] * scale + dy, thickness / 2, 0, 2 * Math.PI);
        context.fill();
        return;
      }
      line.forEach((point, at) => context[at ? 'lineTo' : 'moveTo'](point[0] * scale + dx, point[1] * scale + dy));
      context.stroke();
    });
  }

  /** Averages blocks of FINE by FINE; values from 0 to 1, row by row. */
  function shrink(context, width, height) {
    const data = context.getImageData(0, 0, width * FINE, height * FINE).data;
    const pixels = new Float32Array(width * height);
    for (let y = 0; y < height * FINE; y++) {
      for (let x = 0; x < width * FINE; x++) {
        const at = 4 * (y * width * FINE + x);
        pixels[Math.floor(y / FINE) * width + Math.floor(x / FINE)] +=
          data[at] * data[at + 3] / (255 * 255 * FINE * FINE);
      }
    }
    return pixels;
  }

  function centre(pixels, width, height) {
    let sum = 0;
    let x = 0;
    let y = 0;
    pixels.forEach((value, at) => {
      sum += value;
      x += value * (at % width + 0.5);
      y += value * (Math.floor(at / width) + 0.5);
    });
    return sum > 0 ? [x / sum, y / sum] : [width / 2, height / 2];
  }

  /**
   * Lines as an image: the longer side of what is drawn becomes 20 of 28 pixels, and its centre of mass
   * the middle.
   */
  function ofLines(lines, width, height) {
    const points = lines.flat();
    if (points.length === 0) return null;
    const side = Math.min(width, height);
    const box = side * 20 / 28;
    const thickness = side * 2.3 / 28;
    const xs = points.map((point) => point[0]);
    const ys = points.map((point) => point[1]);
    const least = [Math.min(...xs), Math.min(...ys)];
    const most = [Math.max(...xs), Math.max(...ys)];
    const extent = Math.max(most[0] - least[0], most[1] - least[1], 1e-6);
    const scale = Math.min((box - thickness) / extent, side); // a dot stays a dot
    const x = (least[0] + most[0]) / 2 * scale;
    const y = (least[1] + most[1]) / 2 * scale;
    const drawn = (left, top) => {
      const context = surface(width * FINE, height * FINE);
      stroke(context, lines, scale * FINE, left * FINE, top * FINE, thickness * FINE);
      return shrink(context, width, height);
    };
    const middle = centre(drawn(width / 2 - x, height / 2 - y), width, height);
    return drawn(width - x - middle[0], height - y - middle[1]);
  }

  /** A picture, cut to the shape of the model's images; [channels][pixel]. */
  function ofPicture(bitmap, width, height) {
    const context = surface(width, height);
    const scale = Math.max(width / bitmap.width, height / bitmap.height);
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, (width - bitmap.width * scale) / 2, (height - bitmap.height * scale) / 2,
      bitmap.width * scale, bitmap.height * scale);
    const data = context.getImageData(0, 0, width, height).data;
    return [0, 1, 2].map((channel) =>
      Float32Array.from({length: width * height}, (none, at) => data[4 * at + channel] / 255));
  }

  /** Rows of pixels of channels, as a request has them. */
  function nested(channels, width, height) {
    return Array.from({length: height}, (none, y) => Array.from({length: width}, (also, x) =>
      channels.map((channel) => Math.round(channel[y * width + x] * 1e4) / 1e4)));
  }

  /** The other way round. */
  function channels(rows) {
    const count = rows[0][0].length;
    return Array.from({length: count}, (none, channel) =>
      Float32Array.from(rows.flatMap((row) => row.map((pixel) => pixel[channel]))));
  }

  function show(canvas, channels, width, height) {
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext('2d');
    const image = context.createImageData(width, height);
    for (let at = 0; at < width * height; at++) {
      for (let channel = 0; channel < 3; channel++) {
        image.data[4 * at + channel] = Math.round(255 * (channels[channel] || channels[0])[at]);
      }
      image.data[4 * at + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  }

  return {ofLines, ofPicture, nested, channels, show, stroke};
})();
