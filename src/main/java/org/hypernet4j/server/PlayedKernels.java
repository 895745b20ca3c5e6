// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.List;
import org.hypernet4j.image.ExportedKernels;
import org.hypernet4j.predict.Lease;

/** The kernels of a model as numbers, of large ones the first tiles. */
final class PlayedKernels {
  /** Input channels of a kernel that are sent, and as many output channels. */
  private static final int MOST_CHANNELS = 16;

  private static final int MOST_SIDE = 32;
  private static final int MOST_KERNELS = 24;

  private PlayedKernels() {}

  /**
   * The kernels: for each its shape, how many rows (input channels) and columns (output channels)
   * of tiles are sent, and their values, tile after tile, row by row.
   */
  static JsonObject answer(PlayedModels models, Asked asked) {
    asked.requireOnly("model", "version");
    List<ExportedKernels.Kernel> kernels;
    try (Lease lease = models.lease(asked)) {
      kernels = ExportedKernels.read(lease.predictor().model());
    }
    JsonArray shown = new JsonArray();
    for (ExportedKernels.Kernel kernel : kernels) {
      if (shown.size() < MOST_KERNELS
          && kernel.shape()[0] <= MOST_SIDE
          && kernel.shape()[1] <= MOST_SIDE) {
        shown.add(json(kernel));
      }
    }
    JsonObject answer = new JsonObject();
    answer.addProperty("count", kernels.size());
    answer.add("kernels", shown);
    return answer;
  }

  private static JsonObject json(ExportedKernels.Kernel kernel) {
    int height = (int) kernel.shape()[0];
    int width = (int) kernel.shape()[1];
    int inputs = (int) kernel.shape()[2];
    int outputs = (int) kernel.shape()[3];
    int rows = Math.min(inputs, MOST_CHANNELS);
    int columns = Math.min(outputs, MOST_CHANNELS);
    JsonArray values = new JsonArray();
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        for (int place = 0; place < height * width; place++) {
          add(values, kernel.values()[(place * inputs + row) * outputs + column]);
        }
      }
    }
    JsonObject json = new JsonObject();
    json.addProperty("name", kernel.name());
    json.addProperty("generated", kernel.generated());
    JsonArray shape = new JsonArray();
    for (long size : kernel.shape()) {
      shape.add(size);
    }
    json.add("shape", shape);
    json.addProperty("rows", rows);
    json.addProperty("columns", columns);
    json.add("values", values);
    return json;
  }

  /** Five digits are more than a shade shows. */
  private static void add(JsonArray values, float value) {
    if (Float.isFinite(value)) {
      values.add(Rounded.of(value));
    } else {
      values.add(JsonNull.INSTANCE);
    }
  }
}
