// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.hyper.ChunkedKernels;
import org.hypernet4j.hyper.KernelShape;
import org.hypernet4j.hyper.TargetVariance;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;

/** Models as a program makes them, without a specification. */
class PlainSettingsTest {
  private static final PlainKernels PLAIN = new PlainKernels(Initializers.heNormal());

  private static long count(ParameterStore store) {
    return ParameterStore.count(store.model());
  }

  @Test
  void languageModelTakesAnyCell() {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      LanguageModel model =
          new LanguageModel(
              store.root(),
              new LstmCell(store.root().child("cell"), LstmCell.Settings.of(7, 5)),
              Keep.ALL);
      assertThat(model.symbols()).isEqualTo(7);
      // (7 + 5) rows of 4 * 5 columns and 4 * 5 biases; a softmax of 5 by 7 and 7 biases
      assertThat(count(store)).isEqualTo(12 * 20 + 20 + 35 + 7);
    }
  }

  @Test
  void imageClassifiersTakeAnyKernelSource() {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      ImageClassifier mnist =
          new MnistConvNet(store.root().child("a"), MnistConvNet.Settings.PAPER, PLAIN);
      // 49 * 16 + 16, 49 * 16 * 16 + 16, 784 * 10 + 10
      assertThat(count(store)).isEqualTo(800 + 12_560 + 7_850);
      assertThat(mnist.generatedKernels()).isEmpty();

      ImageClassifier dense =
          new DenseClassifier(
              store.root().child("b"),
              new DenseClassifier.Settings(9, 10, 28),
              new ChunkedKernels(64, 8, List.of(16), TargetVariance.KAIMING_IN));
      assertThat(dense.generatedKernels()).containsOnlyKeys("hidden/kernel");

      WideResNet wide =
          new WideResNet(store.root().child("c"), new WideResNet.Settings(10, 1, 10, 32), PLAIN);
      assertThat(wide.generatedKernels()).isEmpty();
      assertThat(wide.imageShape()).containsExactly(32, 32, 3);
    }
  }

  @Test
  void plainKernelsCountTheirNumbers() {
    assertThat(
            PLAIN.parameterCount(
                Map.of("k", KernelShape.square(3, 4, 5), "l", KernelShape.square(1, 2, 3))))
        .isEqualTo(9 * 20 + 6);
  }

  @Test
  void refusesSizesThatAnIntCannotCount() {
    // 46340^2 = 2147395600 and 46341^2 = 2147488281, around 2^31 - 1 = 2147483647
    assertThat(new DenseClassifier.Settings(9, 10, 46_340).imageSize()).isEqualTo(46_340);
    assertThatThrownBy(() -> new DenseClassifier.Settings(9, 10, 46_341))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "dense classifier, imageSize: too large: there would be 2147488281 pixels; expected"
                + " 2147483647 pixels at most, received 46341. Choose a smaller imageSize.");
    // 64 channels for each k: 64 * 2^25 = 2^31
    assertThat(new WideResNet.Settings(10, (1 << 25) - 1, 10, 32).channels(2))
        .isEqualTo(Integer.MAX_VALUE - 63);
    assertThatThrownBy(() -> new WideResNet.Settings(10, 1 << 25, 10, 32))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Wide ResNet, width: too large: there would be 2147483648 channels");
  }

  @Test
  void saysWhichSettingIsWrong() {
    assertThatThrownBy(() -> new WideResNet.Settings(12, 1, 10, 32))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Wide ResNet, depth: no Wide ResNet has this size; expected 6N + 4, received 12.");
    assertThatThrownBy(() -> new MnistConvNet.Settings(16, 0, 10, 28))
        .isInstanceOf(UserError.class)
        .hasMessage("MNIST network, kernelSize: too small; expected 1 or more, received 0.");
    assertThatThrownBy(() -> new DenseClassifier.Settings(9, 1, 28))
        .isInstanceOf(UserError.class)
        .hasMessage("dense classifier, classes: too small; expected 2 or more, received 1.");
    assertThatThrownBy(() -> new Keep(1, 1, 0, 1, 1))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "dropout, keep: not a share of entries; expected above 0, up to 1, received" + " 0.0.");
  }
}
