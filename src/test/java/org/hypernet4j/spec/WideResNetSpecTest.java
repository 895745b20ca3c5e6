// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WideResNetSpecTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          model.depth=12           | model.depth (from override): no Wide ResNet has this depth; expected 6N + 4, for example 10 or 16, received 12.
          model.depth=41           | expected 6N + 4, for example 40 or 46, received 41
          model.depth=4            | model.depth (from override): out of range; expected an integer from 10 to 1000
          model.width=0            | model.width (from override): out of range
          model.classes=100        | model.classes (from override): does not fit the data; expected 10 for CIFAR-10, received 100.
          model.imageSize=28       | model.imageSize (from override): does not fit the data; expected 32 for CIFAR-10, received 28.
          model.imageSize=30       | cannot be halved twice; expected a multiple of 4, received 30
          model.kernels.basicIn=32 | the layers cannot be tiled from this basic kernel; expected a divisor of 16
          model.kernels.basicOut=24 | the layers cannot be tiled from this basic kernel; expected a divisor of 16
          data={"type":"mnist"}    | data.type (from override): this network for images cannot learn from these data; expected cifar10, received mnist.
          data={"type":"text"}     | expected cifar10, received text
          data.validation=50000    | out of range
          """)
  void saysWhatDoesNotFit(String setting, String message) {
    assertThatThrownBy(
            () ->
                SpecFiles.read(
                    Specs.GRAPHS.resolve("cifar10-wrn-10-1-hyper.json"), List.of(setting)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message);
  }

  @Test
  void aNetForDigitsCannotLearnFromPhotographs() {
    assertThatThrownBy(
            () ->
                SpecFiles.read(
                    Specs.GRAPHS.resolve("mnist-hyper.json"),
                    List.of("data={\"type\":\"cifar10\"}")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected mnist, received cifar10");
  }

  /** Appendix A.3.2: steps and rates of both recipes, Nesterov momentum and Adam. */
  @ParameterizedTest
  @CsvSource({"40-1", "40-2"})
  void thePapersRecipesAreShipped(String net) {
    ExperimentSpec plain =
        SpecFiles.read(Specs.GRAPHS.resolve("cifar10-wrn-" + net + "-plain.json"), List.of());
    ExperimentSpec hyper =
        SpecFiles.read(Specs.GRAPHS.resolve("cifar10-wrn-" + net + "-hyper.json"), List.of());
    for (ExperimentSpec spec : List.of(plain, hyper)) {
      assertThat(spec.data())
          .isEqualTo(new Cifar10DataSpec(5000, 1, new AugmentationSpec(2, true)));
      assertThat(spec.training().batchSize()).isEqualTo(128);
    }
    assertThat(plain.training().optimizer())
        .isEqualTo(
            new OptimizerSpec.Momentum(
                new ScheduleSpec.Piecewise(
                    List.of(28_000, 56_000, 84_000, 112_000),
                    List.of(0.1, 0.02, 0.004, 0.0008, 0.00016)),
                0.9,
                true));
    assertThat(plain.training().steps()).isEqualTo(140_000);
    assertThat(hyper.training().optimizer())
        .isEqualTo(
            new OptimizerSpec.Adam(
                new ScheduleSpec.Piecewise(
                    List.of(168_000, 336_000, 504_000), List.of(0.002, 0.001, 0.0002, 0.00005)),
                0.9,
                0.999,
                1e-8));
    assertThat(hyper.training().steps()).isEqualTo(672_000);
  }
}
