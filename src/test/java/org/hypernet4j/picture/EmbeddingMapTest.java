// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Points whose principal axes are known: an ellipse in a tilted plane of four dimensions. */
class EmbeddingMapTest {
  // two orthogonal unit vectors, and the plane's origin
  private static final double[] LONG = {0.5, 0.5, 0.5, 0.5};
  private static final double[] SHORT = {0.5, -0.5, 0.5, -0.5};
  private static final double[] ORIGIN = {3, -1, 0, 7};

  private static float[] point(double a, double b) {
    float[] z = new float[4];
    for (int i = 0; i < 4; i++) {
      z[i] = (float) (ORIGIN[i] + a * LONG[i] + b * SHORT[i]);
    }
    return z;
  }

  private static List<double[]> of(EmbeddingMap map, String layer) {
    return Objects.requireNonNull(map.points().get(layer));
  }

  @Test
  void findsTheAxesOfAPlane() {
    Map<String, float[][]> embeddings = new LinkedHashMap<>();
    embeddings.put("conv2", new float[][] {point(6, 0), point(-6, 0)});
    embeddings.put("conv3", new float[][] {point(0, 2), point(0, -2)});

    EmbeddingMap map = EmbeddingMap.of(embeddings);

    // variances 2 * 36 and 2 * 4
    assertThat(map.explained()).containsExactly(new double[] {0.9, 0.1}, within(1e-6));
    assertThat(map.points()).containsOnlyKeys("conv2", "conv3");
    List<double[]> first = of(map, "conv2");
    List<double[]> second = of(map, "conv3");
    assertThat(Math.abs(first.get(0)[0])).isCloseTo(6, within(1e-5)); // the sign is free
    assertThat(first.get(1)[0]).isCloseTo(-first.get(0)[0], within(1e-5));
    assertThat(first.get(0)[1]).isCloseTo(0, within(1e-5));
    assertThat(Math.abs(second.get(0)[1])).isCloseTo(2, within(1e-5));
    assertThat(second.get(1)[1]).isCloseTo(-second.get(0)[1], within(1e-5));
    assertThat(map.csv().lines())
        .hasSize(5)
        .first()
        .isEqualTo("layer,embedding,component1,component2");
    assertThat(map.csv()).contains("\nconv3,1,");
  }

  @Test
  void aSingleNumberHasOneComponent() {
    EmbeddingMap map = EmbeddingMap.of(Map.of("conv2", new float[][] {{1}, {4}}));

    assertThat(map.explained()).containsExactly(1, 0);
    assertThat(Math.abs(of(map, "conv2").get(0)[0])).isCloseTo(1.5, within(1e-6));
  }

  /** One embedding for each task: the names stand beside the points; else there is a legend. */
  @Test
  void aChartNamesItsPoints() {
    double[] shares = {0.5, 0.25};
    EmbeddingMap tasks =
        new EmbeddingMap(
            new TreeMap<>(
                Map.of(
                    "task 1", List.of(new double[] {1, 2}),
                    "task 2", List.of(new double[] {3, 4}))),
            shares);
    Chart chart = tasks.chart("title");
    assertThat(chart.x().label()).isEqualTo("first component, 50.0 % of the variance");
    assertThat(chart.y().label()).isEqualTo("second component, 25.0 % of the variance");
    Chart.Series series = chart.series().get(0);
    assertThat(series.x()).containsExactly(1, 3);
    assertThat(series.y()).containsExactly(2, 4);
    assertThat(series.labels()).containsExactly("task 1", "task 2");

    EmbeddingMap layers =
        new EmbeddingMap(
            Map.of("conv2", List.of(new double[] {1, 2}, new double[] {3, 4})), shares);
    assertThat(layers.chart("title").series().get(0).name()).isEqualTo("conv2");
    assertThat(layers.chart("title").ordered()).isTrue();
  }
}
