// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.pen.PenDrawing;

/** Reads what the signatures of a model of strokes answer. */
final class StrokesAnswers {
  private StrokesAnswers() {}

  /**
   * An output.
   *
   * @throws UserError if the answer lacks it
   */
  static NpyArray of(Map<String, NpyArray> answer, String name) {
    NpyArray array = answer.get(name);
    if (array == null) {
      throw UserError.in("model of strokes")
          .what("its answer lacks '" + name + "'")
          .received(answer.keySet())
          .next("export the model again with this library")
          .build();
    }
    return array;
  }

  /** The drawings that {@code sample} made, with the points that they began with. */
  static List<StrokesModel.Sample> samples(
      Map<String, NpyArray> answer, List<SampleRequest> requests) {
    float[] points = of(answer, StrokesSignatures.POINTS).floats();
    int[] lengths = of(answer, StrokesSignatures.LENGTHS).ints();
    byte[] ended = of(answer, "ended").bytes();
    int width = points.length / requests.size();
    List<StrokesModel.Sample> samples = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      SampleRequest request = requests.get(i);
      float[] before = request.prime() == null ? new float[0] : request.prime().rows();
      int drawn = lengths[i] * PenDrawing.COLUMNS;
      float[] rows = Arrays.copyOf(before, before.length + drawn);
      System.arraycopy(points, i * width, rows, before.length, drawn);
      samples.add(
          new StrokesModel.Sample(
              rows.length == 0 ? null : PenDrawing.of("drawing of the model", rows),
              request.primed(),
              ended[i] != 0));
    }
    return samples;
  }

  static double[] doubles(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
