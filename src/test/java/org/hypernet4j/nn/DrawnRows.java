// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.nn;

import java.util.Arrays;
import java.util.Random;
import org.hypernet4j.fixtures.TestGraph;
import org.hypernet4j.nn.MixtureDensity.Settings;
import org.hypernet4j.nn.MixtureDraw.Drawn;
import org.hypernet4j.nn.MixtureSampling.Law;
import org.hypernet4j.random.StatelessRandom;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Rows of one draw in the graph, with what each of them is given. */
final class DrawnRows {
  final Settings settings;
  final int rows;
  final float[] raw;
  final float[] temperature;
  final float[] bias;
  final double[] u;

  private DrawnRows(
      Settings settings, int rows, float[] raw, float[] temperature, float[] bias, double[] u) {
    this.settings = settings;
    this.rows = rows;
    this.raw = raw;
    this.temperature = temperature;
    this.bias = bias;
    this.u = u;
  }

  static DrawnRows random(Settings settings, int rows, long seed, float[] temperatures) {
    Random random = new Random(seed);
    float[] raw = new float[rows * settings.columns()];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = (float) random.nextGaussian() * (i % 7 == 0 ? 8 : 1.5f);
    }
    float[] temperature = new float[rows];
    float[] bias = new float[rows];
    double[] u = new double[rows * 4];
    for (int row = 0; row < rows; row++) {
      temperature[row] = temperatures[row % temperatures.length];
      bias[row] = row % 3 == 0 ? 0 : row % 3 == 1 ? 0.7f : -1;
    }
    for (int i = 0; i < u.length; i++) {
      u[i] = random.nextDouble();
    }
    return new DrawnRows(settings, rows, raw, temperature, bias, u);
  }

  /** The same row again and again, with uniforms of its own. */
  static DrawnRows same(Settings settings, float[] row, int rows, float temperature, float bias) {
    float[] raw = new float[rows * row.length];
    double[] u = new double[rows * 4];
    StatelessRandom random = StatelessRandom.of(9);
    for (int i = 0; i < raw.length; i++) {
      raw[i] = row[i % row.length];
    }
    for (int i = 0; i < u.length; i++) {
      u[i] = random.uniform(i);
    }
    float[] temperatures = new float[rows];
    float[] biases = new float[rows];
    Arrays.fill(temperatures, temperature);
    Arrays.fill(biases, bias);
    return new DrawnRows(settings, rows, raw, temperatures, biases, u);
  }

  Drawn inJava(int row, Law law) {
    int columns = settings.columns();
    return MixtureDraw.draw(
        settings,
        Arrays.copyOfRange(raw, row * columns, (row + 1) * columns),
        temperature[row],
        bias[row],
        law,
        Arrays.copyOfRange(u, row * 4, row * 4 + 4));
  }

  Drawn[] inGraph(Law law) {
    try (TestGraph test = new TestGraph()) {
      Ops tf = test.tf;
      return fetch(
          test,
          new MixtureDensity(settings)
              .draw(
                  tf,
                  tf.constant(Shape.of(rows, settings.columns()), DataBuffers.of(raw)),
                  new MixtureSampling(
                      tf.constant(temperature),
                      tf.constant(bias),
                      tf.constant(Shape.of(rows, 4), DataBuffers.of(u)),
                      law)));
    }
  }

  private static Drawn[] fetch(TestGraph test, MixtureSampling.Point point) {
    try (Result result =
        test.session
            .runner()
            .fetch(point.offset())
            .fetch(point.pen())
            .fetch(point.component())
            .run()) {
      TFloat32 offset = (TFloat32) result.get(0);
      TInt32 pen = (TInt32) result.get(1);
      TInt32 component = (TInt32) result.get(2);
      Drawn[] drawn = new Drawn[(int) pen.size()];
      for (int row = 0; row < drawn.length; row++) {
        drawn[row] =
            new Drawn(
                offset.getFloat(row, 0),
                offset.getFloat(row, 1),
                pen.getInt(row),
                component.getInt(row));
      }
      return drawn;
    }
  }

  /** Columns: pen logits, then pi, mu1, mu2, s1, s2, r of two components. */
  static float[] fixed(float... pen) {
    float[] mixture = {0.4f, -0.3f, 1, -2, 0.5f, 1.5f, -0.7f, 0.2f, 0.3f, -1.1f, 0.9f, -0.4f};
    float[] row = Arrays.copyOf(pen, pen.length + mixture.length);
    System.arraycopy(mixture, 0, row, pen.length, mixture.length);
    return row;
  }
}
