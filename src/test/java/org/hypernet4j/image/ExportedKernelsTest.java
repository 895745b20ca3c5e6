// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.run.ExportForm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kernels of exports, computed here from the parameters in double. */
class ExportedKernelsTest {
  private static final Offset<Double> CLOSE = within(1e-5);

  @TempDir Path folder;

  @Test
  void generatedAndBaked() {
    try (SmallClassifier model = new SmallClassifier()) {
      double[] expected = generated(model.values);
      for (ExportForm form : ExportForm.values()) {
        Path version = Exporter.export(model.request(form, folder)).versionFolder();
        List<ExportedKernels.Kernel> kernels;
        try (LoadedModel loaded = LoadedModel.open(version)) {
          kernels = ExportedKernels.read(loaded);
        }
        assertThat(kernels)
            .extracting(ExportedKernels.Kernel::name)
            .containsExactly("conv1", "conv2");
        assertThat(kernels)
            .extracting(ExportedKernels.Kernel::generated)
            .containsExactly(false, form == ExportForm.GENERATED);
        assertThat(kernels.get(0).values()).isEqualTo(model.values.get("conv1/kernel"));
        assertThat(kernels.get(1).shape())
            .containsExactly(
                SmallClassifier.SIDE,
                SmallClassifier.SIDE,
                SmallClassifier.FILTERS,
                SmallClassifier.FILTERS);
        float[] found = kernels.get(1).values();
        assertThat(found).hasSize(expected.length);
        for (int i = 0; i < found.length; i++) {
          assertThat((double) found[i]).isCloseTo(expected[i], CLOSE);
        }
      }
    }
  }

  @Test
  void noneOfOthersModels() {
    try (LoadedModel loaded =
        LoadedModel.open(Path.of("src/test/resources/export/foreign/half_plus_two"))) {
      assertThat(ExportedKernels.read(loaded)).isEmpty();
    }
  }

  /** HyperNetworks, equation 2: a_i = W_i z + B_i, K_i = W_out a_i + B_out for input channel i. */
  private static double[] generated(Map<String, float[]> values) {
    int inputs = SmallClassifier.FILTERS;
    int outputs = SmallClassifier.FILTERS;
    int hidden = SmallClassifier.HIDDEN;
    int places = SmallClassifier.SIDE * SmallClassifier.SIDE;
    float[] z = Objects.requireNonNull(values.get("embeddings/conv2/z"));
    float[] projectionW =
        Objects.requireNonNull(values.get("generator/projection/W")); // [z, inputs hidden]
    float[] projectionB = Objects.requireNonNull(values.get("generator/projection/B"));
    float[] outputW =
        Objects.requireNonNull(values.get("generator/output/W")); // [hidden, places outputs]
    float[] outputB = Objects.requireNonNull(values.get("generator/output/B"));
    double[] kernel = new double[places * inputs * outputs];
    for (int i = 0; i < inputs; i++) {
      double[] a = new double[hidden];
      for (int k = 0; k < hidden; k++) {
        a[k] = projectionB[i * hidden + k];
        for (int n = 0; n < z.length; n++) {
          a[k] += (double) z[n] * projectionW[n * inputs * hidden + i * hidden + k];
        }
      }
      for (int place = 0; place < places; place++) {
        for (int o = 0; o < outputs; o++) {
          double value = outputB[place * outputs + o];
          for (int k = 0; k < hidden; k++) {
            value += a[k] * outputW[k * places * outputs + place * outputs + o];
          }
          kernel[(place * inputs + i) * outputs + o] = value;
        }
      }
    }
    return kernel;
  }
}
