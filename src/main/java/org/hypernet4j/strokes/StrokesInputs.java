// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.pen.PenDrawing;
import org.jspecify.annotations.Nullable;

/**
 * Drawings and requests as inputs of the signatures of a model of strokes.
 *
 * @param latent the size of z, 0 for a model without
 */
record StrokesInputs(int latent) {
  /** Drawings side by side, padded with zeros, and their lengths. */
  static Map<String, NpyArray> padded(List<PenDrawing> drawings) {
    int rows = drawings.size();
    int longest = drawings.stream().mapToInt(PenDrawing::points).max().orElseThrow();
    float[] points = new float[rows * longest * PenDrawing.COLUMNS];
    int[] lengths = new int[rows];
    for (int i = 0; i < rows; i++) {
      put(drawings.get(i), points, i, longest);
      lengths[i] = drawings.get(i).points();
    }
    Map<String, NpyArray> inputs = new LinkedHashMap<>();
    inputs.put(StrokesSignatures.POINTS, NpyArray.of(points, rows, longest, PenDrawing.COLUMNS));
    inputs.put(StrokesSignatures.LENGTHS, NpyArray.of(lengths, rows));
    return inputs;
  }

  /** Requests for drawings, without texts. */
  Map<String, NpyArray> sample(List<SampleRequest> requests) {
    int rows = requests.size();
    int longest = requests.stream().mapToInt(SampleRequest::primed).max().orElseThrow();
    float[] prime = new float[rows * longest * PenDrawing.COLUMNS];
    int[] lengths = new int[rows];
    int[] counts = new int[rows];
    float[] temperatures = new float[rows];
    float[] biases = new float[rows];
    long[] seeds = new long[rows];
    float[] codes = new float[rows * latent];
    for (int i = 0; i < rows; i++) {
      SampleRequest request = requests.get(i);
      lengths[i] = request.primed();
      if (request.prime() != null) {
        put(request.prime(), prime, i, longest);
      }
      counts[i] = request.count();
      temperatures[i] = request.temperature();
      biases[i] = request.bias();
      seeds[i] = request.seed();
      put(request.z(), codes, i);
    }
    Map<String, NpyArray> inputs = new LinkedHashMap<>();
    inputs.put("prime", NpyArray.of(prime, rows, longest, PenDrawing.COLUMNS));
    inputs.put("prime_lengths", NpyArray.of(lengths, rows));
    inputs.put("count", NpyArray.of(counts, rows));
    inputs.put("temperature", NpyArray.of(temperatures, rows));
    inputs.put("bias", NpyArray.of(biases, rows));
    inputs.put("seed", NpyArray.of(seeds, rows));
    putLatent(inputs, codes, rows);
    return inputs;
  }

  /**
   * A whole drawing.
   *
   * @param z the code for a model with z, else null
   */
  Map<String, NpyArray> whole(PenDrawing drawing, float @Nullable [] z) {
    Map<String, NpyArray> inputs = new LinkedHashMap<>();
    inputs.put(
        StrokesSignatures.POINTS,
        NpyArray.of(drawing.rows(), 1, drawing.points(), PenDrawing.COLUMNS));
    float[] codes = new float[latent];
    put(z, codes, 0);
    putLatent(inputs, codes, 1);
    return inputs;
  }

  private static void put(PenDrawing drawing, float[] points, int row, int longest) {
    float[] rows = drawing.rows();
    System.arraycopy(rows, 0, points, row * longest * PenDrawing.COLUMNS, rows.length);
  }

  private void put(float @Nullable [] z, float[] codes, int row) {
    int given = z == null ? 0 : z.length;
    if (given != latent) {
      throw UserError.in("z")
          .what("not a code of this model")
          .expected(latent == 0 ? "no z: the model has no latent vector" : latent + " numbers")
          .received(given == 0 ? "none" : given + " numbers")
          .build();
    }
    if (z != null) {
      System.arraycopy(z, 0, codes, row * latent, latent);
    }
  }

  private void putLatent(Map<String, NpyArray> inputs, float[] codes, int rows) {
    if (latent > 0) {
      inputs.put(StrokesSignatures.Z, NpyArray.of(codes, rows, latent));
    }
  }
}
