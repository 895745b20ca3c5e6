// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.hypernet4j.data.DrawingSplits;
import org.hypernet4j.data.StrokeAugmentation;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.Npz;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.spec.AugmentationSpec;
import org.hypernet4j.spec.DataSpec;
import org.hypernet4j.spec.DrawingAugmentationSpec;
import org.hypernet4j.spec.DrawingsSpec;
import org.hypernet4j.spec.FlatDrawingsDataSpec;
import org.hypernet4j.spec.IamOnDbDataSpec;
import org.hypernet4j.spec.InkMlDataSpec;
import org.hypernet4j.spec.MnistDataSpec;
import org.hypernet4j.spec.OmniglotDataSpec;
import org.hypernet4j.spec.QuickDrawDataSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrawingDatasetsTest {
  @TempDir Path folder;

  private static DrawingsSpec limits(DrawingsSpec.Scaling scaling, double clamp, int maxPoints) {
    return new DrawingsSpec(
        scaling,
        clamp,
        1,
        maxPoints,
        new DrawingAugmentationSpec(0.1, DrawingAugmentationSpec.Axes.TOGETHER, 0.05),
        20);
  }

  private static DrawingsSpec usual() {
    return limits(DrawingsSpec.Scaling.ONE_SD, 1000, 1000);
  }

  @Test
  void omniglotIsBuiltInAndLimited() {
    DrawingSplits all = DrawingDatasets.load(new OmniglotDataSpec(usual()), null);
    DrawingSplits few =
        DrawingDatasets.load(
            new OmniglotDataSpec(limits(DrawingsSpec.Scaling.NONE, 100, 20)), null);

    // NumPy, from the sample's arrays
    assertThat(all.train().points()).isEqualTo(303_536);
    assertThat(all.validation().points()).isEqualTo(15_717);
    assertThat(all.test().points()).isEqualTo(14_830);
    assertThat(few.train().count()).isEqualTo(2999);
    assertThat(few.notes())
        .contains(
            "training, drawings left out for more points than 20: 7001",
            "training, offsets cut to 100.0: 9249");
    for (PenDrawing drawing : few.train().drawings()) {
      assertThat(drawing.points()).isLessThanOrEqualTo(20);
      for (int i = 0; i < drawing.points(); i++) {
        assertThat(Math.max(Math.abs(drawing.dx(i)), Math.abs(drawing.dy(i))))
            .isLessThanOrEqualTo(100);
      }
    }
  }

  @Test
  void settingsMeanWhatTheySay() {
    DrawingSplits all = DrawingDatasets.load(new OmniglotDataSpec(usual()), null);

    // NumPy, from the sample's arrays: with the first points; without them
    assertThat(DrawingDatasets.scaling(usual(), all.train()))
        .isEqualTo(new StrokeScaling(0, 0, 53.289856f, 53.289856f));
    assertThat(
            DrawingDatasets.scaling(limits(DrawingsSpec.Scaling.PER_AXIS, 1000, 1000), all.train()))
        .isEqualTo(new StrokeScaling(4.57579f, 4.6073513f, 52.016586f, 56.210873f));
    assertThat(DrawingDatasets.scaling(limits(DrawingsSpec.Scaling.NONE, 1000, 1000), all.train()))
        .isEqualTo(StrokeScaling.IDENTITY);
    assertThat(DrawingDatasets.augmentation(usual()))
        .isEqualTo(new StrokeAugmentation(0.1, false, 0.05));
  }

  @Test
  void theUsersFilesAreRead() throws IOException {
    Map<String, NpyArray> arrays = new HashMap<>();
    for (String part : new String[] {"train", "valid", "test"}) {
      arrays.put(part + "_points", NpyArray.of(new short[] {1, 2, 0, 3, 4, 1}, 2, 3));
      arrays.put(part + "_lengths", NpyArray.of(new int[] {2}, 1));
    }
    Npz.write(folder.resolve("own.flat.npz"), arrays);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      lines.append("{\"key_id\":\"%d\",\"drawing\":[[[0,1],[0,2]]]}\n".formatted(i));
    }
    Files.writeString(folder.resolve("cat.ndjson"), lines);

    assertThat(
            DrawingDatasets.load(new FlatDrawingsDataSpec("own", usual()), folder).train().points())
        .isEqualTo(2);
    DrawingSplits cats =
        DrawingDatasets.load(new QuickDrawDataSpec(true, 1000, 0.2, 0.2, usual()), folder);
    assertThat(cats.train().points() + cats.validation().points() + cats.test().points())
        .isEqualTo(100);
  }

  @Test
  void dataThatAreNotBuiltInNeedAPath() {
    for (DataSpec spec :
        new DataSpec[] {
          new FlatDrawingsDataSpec(null, usual()),
          new QuickDrawDataSpec(true, 10, 0.1, 0.1, usual()),
          new IamOnDbDataSpec(IamOnDbDataSpec.Split.GRAVES, usual()),
          new InkMlDataSpec(0.1, 0.1, usual())
        }) {
      assertThatThrownBy(() -> DrawingDatasets.load(spec, null))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("these data are not built in");
    }
    assertThatThrownBy(
            () ->
                DrawingDatasets.load(
                    new IamOnDbDataSpec(IamOnDbDataSpec.Split.GRAVES, usual()), folder))
        .isInstanceOf(UserError.class);
    assertThatThrownBy(() -> DrawingDatasets.load(new InkMlDataSpec(0.1, 0.1, usual()), folder))
        .isInstanceOf(UserError.class);
    assertThatThrownBy(
            () -> DrawingDatasets.load(new MnistDataSpec(1, new AugmentationSpec(0, false)), null))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
