// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import static java.util.Arrays.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * A chart with two axes: lines, points with labels, bars. {@link ChartPicture} draws it.
 *
 * <pre>{@code
 * Chart.of("Pareto front of two digits", "loss of the first", "loss of the second")
 *     .line("one hypernetwork, 11 rays", first, second, List.of("0", "0.1", ...))
 *     .points("nets with fixed weights", ownFirst, ownSecond, List.of())
 * }</pre>
 *
 * <p>A value that is not finite is a gap. Names and labels are ASCII where a PNG is wanted; its
 * other letters are boxes.
 *
 * @param series in the order in which they are drawn and named
 * @param ordered whether the colours of the series show an order, such as that of tasks; otherwise
 *     they are as distinct as can be
 * @param square whether the axes have the same length
 */
public record Chart(
    String title, Axis x, Axis y, List<Series> series, boolean ordered, boolean square) {

  /** Copies the list. */
  public Chart {
    series = List.copyOf(series);
  }

  /**
   * An axis, which reaches over all values.
   *
   * @param label what it shows, with the unit
   * @param logarithmic whether equal steps are equal factors
   * @param from a value that it reaches down to at least; NaN for none
   * @param to a value that it reaches up to at least; NaN for none
   */
  public record Axis(String label, boolean logarithmic, double from, double to) {}

  /** How a series is shown. */
  public enum Kind {
    /** Points joined in their order; with marks unless there are many. */
    LINE,
    /** Marks. */
    POINTS,
    /** Rectangles from 0. */
    BARS,
    /** Bars of the colour before, which mean less. */
    PALE_BARS,
    /** A thin dashed line to compare with. */
    GUIDE
  }

  /**
   * Values that belong together.
   *
   * @param name in the legend; empty for none
   * @param x of points; the lower ends of bars
   * @param ends the upper ends of bars; empty for other kinds
   * @param labels beside the points, one for each; may be empty
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  public record Series(
      String name, Kind kind, double[] x, double[] ends, double[] y, List<String> labels) {
    /** Checks the lengths. */
    public Series {
      labels = List.copyOf(labels);
      if (x.length != y.length
          || (ends.length != 0 && ends.length != x.length)
          || (!labels.isEmpty() && labels.size() != x.length)) {
        throw new IllegalArgumentException(
            "%s: %d x, %d ends, %d y, %d labels"
                .formatted(name, x.length, ends.length, y.length, labels.size()));
      }
    }
  }

  /** An empty chart with linear axes. */
  public static Chart of(String title, String x, String y) {
    return new Chart(title, axis(x), axis(y), List.of(), false, false);
  }

  private static Axis axis(String label) {
    return new Axis(label, false, Double.NaN, Double.NaN);
  }

  /**
   * Adds a line.
   *
   * @param name in the legend; empty for none
   */
  public Chart line(String name, double[] x, double[] y) {
    return line(name, x, y, List.of());
  }

  /**
   * Adds a line with labels beside its points.
   *
   * @param labels one for each point, or none
   */
  public Chart line(String name, double[] x, double[] y, List<String> labels) {
    return with(new Series(name, Kind.LINE, x, new double[0], y, labels));
  }

  /**
   * Adds points.
   *
   * @param labels one for each point, or none
   */
  public Chart points(String name, double[] x, double[] y, List<String> labels) {
    return with(new Series(name, Kind.POINTS, x, new double[0], y, labels));
  }

  /** Adds bars from 0, one over each range of x. */
  public Chart bars(String name, double[] from, double[] to, double[] heights) {
    return with(new Series(name, Kind.BARS, from, to, heights, List.of()));
  }

  /** Adds bars of the colour of the series before, but pale. */
  public Chart paleBars(String name, double[] from, double[] to, double[] heights) {
    return with(new Series(name, Kind.PALE_BARS, from, to, heights, List.of()));
  }

  /** Adds a thin dashed line to compare with. */
  public Chart guide(String name, double[] x, double[] y) {
    return with(new Series(name, Kind.GUIDE, x, new double[0], y, List.of()));
  }

  private Chart with(Series added) {
    List<Series> more = new ArrayList<>(series);
    more.add(added);
    return new Chart(title, x, y, more, ordered, square);
  }

  /** The chart with colours from blue to orange in the order of the series. */
  public Chart withOrder() {
    return new Chart(title, x, y, series, true, square);
  }

  /** The chart with axes of the same length. */
  public Chart withSquare() {
    return new Chart(title, x, y, series, ordered, true);
  }

  /** The chart whose x reaches from one value to another at least. */
  public Chart withX(double from, double to) {
    return new Chart(
        title, new Axis(x.label(), x.logarithmic(), from, to), y, series, ordered, square);
  }

  /** The chart whose y reaches from one value to another at least. */
  public Chart withY(double from, double to) {
    return new Chart(
        title, x, new Axis(y.label(), y.logarithmic(), from, to), series, ordered, square);
  }

  /** The chart with a logarithmic x. */
  public Chart withLogX() {
    return new Chart(
        title, new Axis(x.label(), true, x.from(), x.to()), y, series, ordered, square);
  }

  /** The chart with a logarithmic y. */
  public Chart withLogY() {
    return new Chart(
        title, x, new Axis(y.label(), true, y.from(), y.to()), series, ordered, square);
  }

  /** The values along x, those of the ends of bars, too. */
  DoubleStream allX() {
    return series.stream()
        .flatMapToDouble(s -> DoubleStream.concat(stream(s.x()), stream(s.ends())));
  }

  /** The values along y, with 0 where there are bars. */
  DoubleStream allY() {
    return series.stream()
        .flatMapToDouble(
            s -> DoubleStream.concat(stream(s.y()), stream(s.ends()).map(end -> 0).limit(1)));
  }
}
