// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.random.StatelessRandom;

/**
 * How one synthetic drawing is written. Lengths are in units of the alphabet, of which a small
 * letter is 50 high, unless they are said to be of the drawing.
 */
final class PenHand {
  private final StatelessRandom random;
  private int drawn;

  private final double size;
  private final double width;
  private final double slant;
  private final double letterGap;
  private final double wordGap;
  private final double spacing;
  private final double jitter;
  private final double roundness;
  private final double climb;
  private final double wave;
  private final double wavePhase;

  /** Draws a hand; all ranges are those between which writing looks neat. */
  PenHand(StatelessRandom random) {
    this.random = random;
    size = 0.34 + 0.22 * uniform(); // units of the drawing for one of the alphabet
    width = 0.88 + 0.24 * uniform();
    slant = -0.08 + 0.43 * uniform();
    letterGap = 9 + 7 * uniform();
    wordGap = 30 + 16 * uniform();
    spacing = 6 + 2 * uniform();
    jitter = 0.6 + 1.0 * uniform();
    roundness = 0.5 * uniform();
    climb = -0.04 + 0.08 * uniform();
    wave = 2.5 * uniform();
    wavePhase = 2 * Math.PI * uniform();
  }

  /** Writes letters of the alphabet and spaces; there is at least one letter. */
  PenDrawing write(String text, PenAlphabet alphabet) {
    PenTrack track = new PenTrack("text '" + text + "'");
    double left = 0;
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      if (character == ' ') {
        left += wordGap + 3 * normal();
        continue;
      }
      PenAlphabet.Letter letter = alphabet.letter(character);
      double scale = 1 + 0.04 * normal();
      double lift = 1.2 * normal();
      for (PenAlphabet.Stroke stroke : letter.strokes()) {
        stroke(shaken(stroke), left, lift, scale, track);
      }
      left += scale * letter.width() + letterGap + 1.2 * normal();
    }
    return track.drawing();
  }

  /** Moves the points of a stroke a little. */
  private PenAlphabet.Stroke shaken(PenAlphabet.Stroke stroke) {
    double[] x = stroke.x().clone();
    double[] y = stroke.y().clone();
    double dx = jitter * normal();
    double dy = jitter * normal();
    for (int i = 0; i < x.length; i++) {
      x[i] += dx + jitter * normal();
      y[i] += dy + jitter * normal();
    }
    return new PenAlphabet.Stroke(x, y, stroke.corner());
  }

  private void stroke(
      PenAlphabet.Stroke stroke, double left, double lift, double scale, PenTrack track) {
    double[][] curve = stroke.curve();
    for (int i = 0; i < curve[0].length; i++) {
      double along = left + scale * curve[0][i];
      double down = scale * curve[1][i] + lift + wave * Math.sin(along / 90 + wavePhase);
      curve[0][i] = width * along - slant * down;
      curve[1][i] = down - climb * along;
    }
    double[][] points = round(spaced(curve));
    for (int i = 0; i < points[0].length; i++) {
      track.point(size * points[0][i], size * points[1][i]);
    }
    track.lift();
  }

  /** Points at equal distances along a curve, its ends included; at least 2. */
  private double[][] spaced(double[][] curve) {
    int places = curve[0].length;
    double[] way = new double[places];
    for (int i = 1; i < places; i++) {
      way[i] =
          way[i - 1] + Math.hypot(curve[0][i] - curve[0][i - 1], curve[1][i] - curve[1][i - 1]);
    }
    int steps = (int) Math.max(1, Math.round(way[places - 1] / spacing));
    double[][] points = new double[2][steps + 1];
    int at = 0;
    for (int i = 0; i <= steps; i++) {
      // a pen is never quite even; the ends stay where they are
      double shift = i == 0 || i == steps ? 0 : 0.08 * normal();
      double goal = way[places - 1] * (i + shift) / steps;
      while (at < places - 2 && way[at + 1] < goal) {
        at++;
      }
      double part = (goal - way[at]) / (way[at + 1] - way[at]);
      for (int axis = 0; axis < 2; axis++) {
        points[axis][i] = curve[axis][at] + part * (curve[axis][at + 1] - curve[axis][at]);
      }
    }
    return points;
  }

  /** Draws every inner point towards the middle of its neighbours, which rounds corners. */
  private double[][] round(double[][] points) {
    int last = points[0].length - 1;
    double[][] rounded = {points[0].clone(), points[1].clone()};
    for (int axis = 0; axis < 2; axis++) {
      for (int i = 1; i < last; i++) {
        double middle = (points[axis][i - 1] + points[axis][i + 1]) / 2;
        rounded[axis][i] += roundness * (middle - points[axis][i]);
      }
    }
    return rounded;
  }

  private double uniform() {
    return random.uniform(drawn++);
  }

  /** A normal number (Box and Muller), no more than 2.5 away from 0. */
  private double normal() {
    double radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    return Math.max(-2.5, Math.min(2.5, radius * Math.cos(2 * Math.PI * uniform())));
  }
}
