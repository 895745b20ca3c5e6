// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;

/**
 * How long a model takes to draw: all points in one call, in the loop of the graph, and point by
 * point, as a client does that feeds the state back. Both run in turn; times are medians.
 *
 * @param drawings made side by side
 * @param points of the longest of them, and calls of {@code step}
 * @param sampleMillis one call of {@code sample}
 * @param stepsMillis all calls of {@code step}, without the draws that a client has to make besides
 */
public record SamplingTimes(int drawings, int points, double sampleMillis, double stepsMillis) {
  /**
   * Measures.
   *
   * @param drawings to make side by side
   * @param points of a drawing at most
   * @param rounds of both; one more comes before and is not counted
   * @throws UserError if the model writes a given text
   */
  public static SamplingTimes of(StrokesModel model, int drawings, int points, int rounds) {
    if (model.properties().vocabulary() != null) {
      throw UserError.in("bench")
          .what("the length of its drawings depends on the text that the model is given")
          .expected("a model of drawings without a text")
          .received("'" + model.properties().name() + "'")
          .build();
    }
    double[] sample = new double[rounds];
    double[] steps = new double[rounds];
    int longest = 0;
    for (int round = -1; round < rounds; round++) {
      long before = System.nanoTime();
      NpyArray lengths =
          Objects.requireNonNull(
              model
                  .call(StrokesSignatures.SAMPLE, request(model, drawings, points))
                  .get("lengths"));
      double whole = (System.nanoTime() - before) / 1e6;
      longest = Arrays.stream(lengths.ints()).max().orElse(0);
      before = System.nanoTime();
      step(model, drawings, longest);
      double single = (System.nanoTime() - before) / 1e6;
      if (round >= 0) {
        sample[round] = whole;
        steps[round] = single;
      }
    }
    return new SamplingTimes(drawings, longest, median(sample), median(steps));
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  private static Map<String, NpyArray> request(StrokesModel model, int drawings, int points) {
    int[] counts = new int[drawings];
    Arrays.fill(counts, points);
    float[] ones = new float[drawings];
    Arrays.fill(ones, 1f);
    long[] seeds = new long[drawings];
    Arrays.setAll(seeds, i -> i);
    Map<String, NpyArray> request = new LinkedHashMap<>();
    request.put("prime", NpyArray.of(new float[0], drawings, 0, 3));
    request.put("prime_lengths", NpyArray.of(new int[drawings], drawings));
    request.put("count", NpyArray.of(counts, drawings));
    request.put("temperature", NpyArray.of(ones, drawings));
    request.put("bias", NpyArray.of(new float[drawings], drawings));
    request.put("seed", NpyArray.of(seeds, drawings));
    putLatent(request, model, drawings);
    return request;
  }

  private static void putLatent(Map<String, NpyArray> request, StrokesModel model, int drawings) {
    int size = model.properties().latent();
    if (size > 0) {
      request.put(StrokesSignatures.Z, NpyArray.of(new float[drawings * size], drawings, size));
    }
  }

  private static void step(StrokesModel model, int drawings, int points) {
    NpyArray point = NpyArray.of(new float[drawings * 3], drawings, 3);
    Map<String, NpyArray> first = new LinkedHashMap<>();
    if (model.properties().latent() > 0) {
      putLatent(first, model, drawings);
    } else {
      first.put(StrokesSignatures.POINT, point);
    }
    Map<String, NpyArray> answer = model.call(StrokesSignatures.INITIAL_STATE, first);
    for (int i = 1; i < points; i++) { // the first point's density came with the state
      Map<String, NpyArray> next = new LinkedHashMap<>();
      answer.forEach(
          (alias, value) -> {
            if (StrokesSignatures.isState(alias)) {
              next.put(alias, value);
            }
          });
      next.put(StrokesSignatures.POINT, point);
      putLatent(next, model, drawings);
      answer = model.call(StrokesSignatures.STEP, next);
    }
  }
}
