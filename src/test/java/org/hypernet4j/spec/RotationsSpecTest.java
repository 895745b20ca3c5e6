// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;

/** Specifications of networks for turned images. */
class RotationsSpecTest {
  private static ExperimentSpec read(String graph, String... overrides) {
    return SpecFiles.read(Path.of("graphs", graph + ".json"), List.of(overrides));
  }

  private static void refused(String graph, String override, String... words) {
    assertThatThrownBy(() -> read(graph, override))
        .as(override)
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll(words);
  }

  /** The task of the literature's kind: multiples of 30 degrees, and the angles between them. */
  @Test
  void theAnglesThatAreLeftOut() {
    RotationsSpec angles = ((ZeroShotSpec) read("zero-shot-rotation").model()).rotations();
    assertThat(angles.seen())
        .containsExactlyElementsOf(IntStream.range(0, 12).mapToObj(i -> 30.0 * i).toList());
    assertThat(angles.unseen())
        .containsExactlyElementsOf(IntStream.range(0, 12).mapToObj(i -> 30.0 * i + 15).toList());
    assertThat(angles.all()).hasSize(24).startsWith(0.0, 30.0).endsWith(345.0);
  }

  @Test
  void anAngleIsThereOnce() {
    String graph = "zero-shot-rotation";
    refused(graph, "model.rotations.seen=[0,90,360]", "model.rotations.seen[2]", "received 360.0");
    refused(graph, "model.rotations.seen=[0,-345]", "model.rotations.unseen[0]", "received 15.0");
    refused(graph, "model.rotations.seen=[0,400]", "model.rotations.seen", "360");
    refused(graph, "model.rotations.seen=[]", "model.rotations.seen", "1");
  }

  @Test
  void aStepHasEquallyManyImagesOfEachAngle() {
    RotationsSpec angles = new RotationsSpec(List.of(0.0, 10.0, 20.0), List.of());
    assertThat(angles.imagesPerAngle(12)).isEqualTo(4);
    assertThatThrownBy(() -> angles.imagesPerAngle(32))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "training.batchSize: a step has equally many images of each angle of the training;"
                + " expected a multiple of 3, received 32. Take 33.");
  }

  @Test
  void onlyUnchangedDigitsFit() {
    for (String graph : List.of("zero-shot-rotation", "adapters-rotation")) {
      refused(graph, "data={\"type\":\"cifar10\"}", "data.type", "mnist");
      refused(graph, "data.augmentation.pad=1", "data.augmentation", "without random changes");
    }
  }

  @Test
  void adaptersNameABaseAndChangeSomething() {
    String graph = "adapters-rotation";
    refused(graph, "model.base= ", "model.base", "names no trained network");
    refused(graph, "model.scale=0", "model.scale", "0");
    refused(graph, "model.scale=1e-60", "model.scale", "float32");
    refused(graph, "model.rank=0", "model.rank", "1");
  }
}
