// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The letters a to z as a pen writes them: strokes in their order, each a smooth curve through a
 * few points. The resource {@code penwords/letters.txt} has the points and describes its form.
 */
final class PenAlphabet {
  private static final String LETTERS = "penwords/letters.txt";

  /** Places on the curve between two points, enough for it to look smooth at any size. */
  private static final int PLACES = 16;

  private final Map<Character, Letter> letters;

  private PenAlphabet(Map<Character, Letter> letters) {
    this.letters = letters;
  }

  /**
   * A letter, in units of which a small one is 50 high.
   *
   * @param width from its left edge to where the gap before the next letter begins
   * @param strokes in the order of writing
   */
  record Letter(double width, List<Stroke> strokes) {}

  /**
   * A stroke.
   *
   * @param x to the right of the letter's left edge
   * @param y below the base line
   * @param corner whether the curve bends sharply at a point
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  record Stroke(double[] x, double[] y, boolean[] corner) {
    /**
     * The curve through the points, {@code [x or y][place]}: between corners, cubics whose slope at
     * a point is that of the parabola through it and its two neighbours (Catmull-Rom by chord
     * length).
     */
    double[][] curve() {
      int last = x.length - 1;
      double[][] curve = new double[2][last * PLACES + 1];
      int begin = 0;
      for (int i = 1; i <= last; i++) {
        if (corner[i] || i == last) {
          for (int from = begin; from < i; from++) {
            cubic(curve, from, begin, i);
          }
          begin = i;
        }
      }
      curve[0][last * PLACES] = x[last];
      curve[1][last * PLACES] = y[last];
      return curve;
    }

    private void cubic(double[][] curve, int from, int first, int last) {
      double chord = chord(from);
      for (int axis = 0; axis < 2; axis++) {
        double[] p = axis == 0 ? x : y;
        double rise = p[from + 1] - p[from];
        double out = from == first ? rise : chord * slope(p, from);
        double in = from + 1 == last ? rise : chord * slope(p, from + 1);
        for (int k = 0; k < PLACES; k++) {
          double t = (double) k / PLACES;
          // Hermite's form: the ends, and the slopes there
          double across = t * t * (3 - 2 * t);
          double bend = t * (1 - t) * ((1 - t) * out - t * in);
          curve[axis][from * PLACES + k] = p[from] + rise * across + bend;
        }
      }
    }

    private double slope(double[] p, int at) {
      double before = chord(at - 1);
      double after = chord(at);
      return ((p[at] - p[at - 1]) / before * after + (p[at + 1] - p[at]) / after * before)
          / (before + after);
    }

    private double chord(int from) {
      return Math.hypot(x[from + 1] - x[from], y[from + 1] - y[from]);
    }
  }

  /** The letter of a character; the alphabet must have it. */
  Letter letter(char character) {
    Letter letter = letters.get(character);
    if (letter == null) {
      throw new IllegalArgumentException("no letter " + character);
    }
    return letter;
  }

  /** Whether the alphabet has a character. */
  boolean has(char character) {
    return letters.containsKey(character);
  }

  /** Reads the resource. */
  static PenAlphabet load() {
    Map<Character, Letter> letters = new TreeMap<>();
    for (String line : DataStream.lines(LETTERS)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        int colon = line.indexOf(':');
        List<Stroke> strokes = new ArrayList<>();
        for (String stroke : line.substring(colon + 1).split("\\|", -1)) {
          strokes.add(stroke(stroke.strip().split(" ", -1)));
        }
        double width = Double.parseDouble(line.substring(2, colon));
        letters.put(line.charAt(0), new Letter(width, List.copyOf(strokes)));
      }
    }
    return new PenAlphabet(letters);
  }

  private static Stroke stroke(String[] points) {
    double[] x = new double[points.length];
    double[] y = new double[points.length];
    boolean[] corner = new boolean[points.length];
    for (int i = 0; i < points.length; i++) {
      corner[i] = points[i].endsWith("!");
      String[] place = points[i].replace("!", "").split(",", -1);
      x[i] = Double.parseDouble(place[0]);
      y[i] = Double.parseDouble(place[1]);
    }
    return new Stroke(x, y, corner);
  }
}
