// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import org.hypernet4j.error.UserError;

/**
 * The range of an axis and its ticks at round numbers; the range begins and ends at ticks.
 *
 * @param from the lowest value; its logarithm to base 10 if the axis is logarithmic
 * @param to the highest value, likewise
 */
record ChartAxis(boolean logarithmic, double from, double to, List<Tick> ticks) {
  private static final int MOST_TICKS = 8;

  /** Smaller ranges, as a share of the values, are widened: rounding would show as structure. */
  private static final double LEAST_RANGE = 1e-9;

  /** Numbers beyond are no results; the arithmetic of ticks would overflow. */
  private static final double MOST = 1e300;

  private static final double LEAST = 1e-290;

  /**
   * A tick.
   *
   * @param share of the axis below it, 0 to 1
   */
  record Tick(double share, String label) {}

  /**
   * Finds the range and as many ticks as there is room for.
   *
   * @param values those that are not finite, or too large to draw, are ignored
   * @param fits whether there is room for ticks
   * @throws UserError if an axis is logarithmic and a value is not above 0
   */
  static ChartAxis of(Chart.Axis axis, DoubleStream values, Predicate<List<Tick>> fits) {
    double[] all =
        DoubleStream.concat(values, DoubleStream.of(axis.from(), axis.to()))
            .filter(ChartAxis::isShown)
            .toArray();
    if (axis.logarithmic()) {
      all = Arrays.stream(all).map(value -> logarithm(axis, value)).toArray();
    }
    boolean whole =
        axis.logarithmic()
            || (all.length > 0 && Arrays.stream(all).allMatch(v -> v == Math.rint(v)));
    double least = Arrays.stream(all).min().orElse(0);
    double most = Arrays.stream(all).max().orElse(1);
    if (most - least <= Math.max(LEAST, LEAST_RANGE * Math.max(Math.abs(least), Math.abs(most)))) {
      double room = Math.abs(most) < LEAST ? 1 : Math.abs(most) / 20;
      room = whole ? Math.max(1, room) : room;
      least -= room / 2;
      most += room / 2;
    }
    ChartAxis made = of(axis.logarithmic(), whole, least, most, 1);
    for (int ticks = 2; ticks <= MOST_TICKS; ticks++) {
      ChartAxis more = of(axis.logarithmic(), whole, least, most, ticks);
      made = more.ticks.size() <= MOST_TICKS + 1 && fits.test(more.ticks) ? more : made;
    }
    return made;
  }

  private static double logarithm(Chart.Axis axis, double value) {
    if (!(value > 0)) {
      throw UserError.in("chart")
          .what("a logarithmic axis cannot show every value of: " + axis.label())
          .expected("values above 0")
          .received(value)
          .next("leave the value out, or choose a linear axis")
          .build();
    }
    return Math.log10(value);
  }

  /** About so many steps, of 1, 2 or 5 times a power of ten. */
  private static ChartAxis of(
      boolean logarithmic, boolean whole, double least, double most, int steps) {
    double step = round(most / steps - least / steps);
    step = whole ? Math.max(1, step) : step;
    long first = (long) Math.floor(least / step + 1e-6);
    long last = (long) Math.ceil(most / step - 1e-6);
    last = Math.max(last, first + 1);
    double from = first * step;
    double to = last * step;
    List<Tick> ticks = new ArrayList<>();
    double largest = Math.max(Math.abs(from), Math.abs(to));
    for (long at = first; at <= last; at++) {
      String label = logarithmic ? power(at * step) : number(at, step, largest);
      ticks.add(new Tick((at - first) / (double) (last - first), label));
    }
    return new ChartAxis(logarithmic, from, to, List.copyOf(ticks));
  }

  private static double round(double step) {
    double power = Math.pow(10, Math.floor(Math.log10(step)));
    for (int factor : new int[] {1, 2, 5}) {
      if (step <= factor * power * (1 + 1e-9)) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  private static String number(long at, double step, double largest) {
    int decimals = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    double value = at * step;
    if (at == 0) {
      return "0";
    }
    if (largest < 1e6 && decimals <= 5) {
      return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
    int digits =
        (int)
            Math.max(
                0, Math.floor(Math.log10(Math.abs(value))) - Math.floor(Math.log10(step) + 1e-9));
    return String.format(Locale.ROOT, "%." + Math.min(digits, 15) + "e", value)
        .replaceAll("e([+-])0*(\\d)", "e$1$2")
        .replace("e+", "e");
  }

  private static String power(double exponent) {
    int e = (int) Math.round(exponent);
    return e >= -3 && e <= 4
        ? String.format(Locale.ROOT, "%." + Math.max(0, -e) + "f", Math.pow(10, e))
        : "1e" + e;
  }

  /** The share of the axis below a value; NaN if it is not finite, or too large to draw. */
  double share(double value) {
    if (!isShown(value)) {
      return Double.NaN;
    }
    return ((logarithmic ? Math.log10(value) : value) - from) / (to - from);
  }

  private static boolean isShown(double value) {
    return Math.abs(value) <= MOST;
  }
}
