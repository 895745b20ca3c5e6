// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.Svd;
import org.tensorflow.types.TFloat64;

/**
 * The learned inputs of a generator as points of a plane: their first two principal components.
 *
 * @param points by layer, in network order; each {@code {first, second}}
 * @param explained the shares of the whole variance that the two components have
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record EmbeddingMap(Map<String, List<double[]>> points, double[] explained) {

  /**
   * Projects embeddings.
   *
   * @param embeddings by layer, in network order: rows of N_z numbers, two or more in all
   */
  public static EmbeddingMap of(Map<String, float[][]> embeddings) {
    List<float[]> rows = new ArrayList<>();
    embeddings.values().forEach(layer -> rows.addAll(List.of(layer)));
    int n = rows.size();
    int size = rows.get(0).length;
    double[] mean = new double[size];
    rows.forEach(
        row -> {
          for (int i = 0; i < size; i++) {
            mean[i] += row[i] / (double) n;
          }
        });
    double[] centred = new double[n * size];
    for (int r = 0; r < n; r++) {
      for (int i = 0; i < size; i++) {
        centred[r * size + i] = rows.get(r)[i] - mean[i];
      }
    }
    return project(embeddings, centred, n, size);
  }

  /** With {@code X = U S V'} the coordinates are {@code U S}, the variances the squares of S. */
  private static EmbeddingMap project(
      Map<String, float[][]> embeddings, double[] centred, int n, int size) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> x = tf.constant(Shape.of(n, size), DataBuffers.of(centred, true, false));
      Svd<TFloat64> svd = tf.linalg.svd(x);
      try (Result result = session.runner().fetch(svd.s()).fetch(svd.u()).run()) {
        TFloat64 s = (TFloat64) result.get(0);
        TFloat64 u = (TFloat64) result.get(1);
        int count = Math.toIntExact(s.size());
        double whole = 0;
        for (int i = 0; i < count; i++) {
          whole += s.getDouble(i) * s.getDouble(i);
        }
        double[] explained = new double[2];
        for (int i = 0; i < Math.min(2, count); i++) {
          explained[i] = whole == 0 ? 0 : s.getDouble(i) * s.getDouble(i) / whole;
        }
        Map<String, List<double[]>> points = new LinkedHashMap<>();
        int row = 0;
        for (Map.Entry<String, float[][]> layer : embeddings.entrySet()) {
          List<double[]> own = new ArrayList<>();
          for (int i = 0; i < layer.getValue().length; i++, row++) {
            own.add(new double[] {component(u, s, row, 0), component(u, s, row, 1)});
          }
          points.put(layer.getKey(), own);
        }
        return new EmbeddingMap(points, explained);
      }
    }
  }

  private static double component(TFloat64 u, TFloat64 s, int row, int i) {
    return i < s.size() ? u.getDouble(row, i) * s.getDouble(i) : 0;
  }

  /** What the first (0) or second (1) axis of a chart shows. */
  public String axis(int component) {
    return String.format(
        Locale.ROOT,
        "%s component, %.1f %% of the variance",
        component == 0 ? "first" : "second",
        100 * explained[component]);
  }

  /**
   * The points with their names beside them if each name has one, as tasks have; else a series for
   * each name, coloured in their order.
   */
  public Chart chart(String title) {
    Chart chart = Chart.of(title, axis(0), axis(1));
    if (points.values().stream().allMatch(own -> own.size() == 1)) {
      List<double[]> all = points.values().stream().map(own -> own.get(0)).toList();
      return chart.points("", column(all, 0), column(all, 1), List.copyOf(points.keySet()));
    }
    for (Map.Entry<String, List<double[]>> own : points.entrySet()) {
      List<double[]> all = own.getValue();
      chart = chart.points(own.getKey(), column(all, 0), column(all, 1), List.of());
    }
    return chart.withOrder();
  }

  private static double[] column(List<double[]> points, int component) {
    return points.stream().mapToDouble(point -> point[component]).toArray();
  }

  /** A line for each embedding: layer, its number in the layer, two coordinates. */
  public String csv() {
    StringBuilder text = new StringBuilder("layer,embedding,component1,component2\n");
    points.forEach(
        (layer, own) -> {
          for (int i = 0; i < own.size(); i++) {
            text.append(layer).append(',').append(i);
            for (double value : own.get(i)) {
              text.append(',').append(value);
            }
            text.append('\n');
          }
        });
    return text.toString();
  }
}
