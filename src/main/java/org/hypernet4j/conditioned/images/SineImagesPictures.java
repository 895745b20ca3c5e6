// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.images;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.hypernet4j.conditioned.OpenedMember;
import org.hypernet4j.data.LabeledImages;
import org.hypernet4j.image.ImageDatasets;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.picture.GreyImage;
import org.hypernet4j.picture.ImageGrid;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.Drawing;

/**
 * Test images, what comes back from their codes at the resolution of the data and at four times
 * that, and walks between the codes of two images.
 */
final class SineImagesPictures {
  private static final int COLUMNS = 10;
  private static final int WALKS = 4;
  private static final int FINER = 4;
  private static final int CELL = 112;

  private final OpenedMember model;
  private final Path folder;
  private final LabeledImages test;
  private final int side;

  SineImagesPictures(OpenedMember model, DrawOptions options) {
    this.model = model;
    this.folder = options.folder();
    this.test = ImageDatasets.test(model.spec().data(), options.data());
    this.side = test.height();
  }

  Drawing draw() {
    Path reconstructions = folder.resolve("reconstructions.png");
    Path walks = folder.resolve("walks.png");
    reconstructions().writePng(reconstructions);
    walks().writePng(walks);
    return new Drawing(
        List.of(
            "test images and what comes back from their codes in " + reconstructions,
            "walks between the codes of two images in " + walks),
        new JsonObject(),
        List.of(reconstructions, walks));
  }

  /** One image of each class, in the order of classes. */
  private List<Integer> chosen() {
    List<Integer> chosen = new ArrayList<>();
    for (int label = 0; label < Math.min(test.classes(), COLUMNS); label++) {
      for (int i = 0; i < test.count(); i++) {
        if (test.labels()[i] == label) {
          chosen.add(i);
          break;
        }
      }
    }
    return chosen;
  }

  private ImageGrid reconstructions() {
    List<GreyImage> given = new ArrayList<>();
    List<GreyImage> back = new ArrayList<>();
    List<GreyImage> finer = new ArrayList<>();
    for (int i : chosen()) {
      given.add(new GreyImage(side, side, pixels(i)));
      float[] code = code(i);
      back.add(drawn(code, side));
      finer.add(drawn(code, side * FINER));
    }
    return new ImageGrid(
        "Images as networks of sines",
        List.of(),
        List.of(
            new ImageGrid.Row("test images, %d x %d".formatted(side, side), given),
            new ImageGrid.Row("the networks made from their codes, at the same pixels", back),
            new ImageGrid.Row(
                "the same networks, drawn at %d x %d".formatted(side * FINER, side * FINER),
                finer)),
        CELL);
  }

  private ImageGrid walks() {
    List<Integer> chosen = chosen();
    List<ImageGrid.Row> rows = new ArrayList<>();
    for (int w = 0; w < Math.min(WALKS, chosen.size() / 2); w++) {
      float[] from = code(chosen.get(2 * w));
      float[] to = code(chosen.get(2 * w + 1));
      List<GreyImage> row = new ArrayList<>();
      for (int c = 0; c < COLUMNS; c++) {
        row.add(drawn(between(from, to, c / (COLUMNS - 1f)), side * FINER));
      }
      rows.add(new ImageGrid.Row("", row));
    }
    return new ImageGrid("Straight walks between the codes of two images", List.of(), rows, CELL);
  }

  private static float[] between(float[] from, float[] to, float share) {
    float[] code = new float[from.length];
    for (int i = 0; i < code.length; i++) {
      code[i] = from[i] + share * (to[i] - from[i]);
    }
    return code;
  }

  private float[] pixels(int image) {
    return SineImagesEvaluator.scaled(test.slice(image, image + 1).pixels());
  }

  private float[] code(int image) {
    return model.call(
        SineImagesModel.ENCODE,
        Map.of(SineImagesModel.IMAGE, NpyArray.of(pixels(image), 1, side, side, 1)),
        SineImagesModel.CODE);
  }

  /** The network of a code at the pixels of an image of any resolution. */
  private GreyImage drawn(float[] code, int resolution) {
    float[][] points = PixelGrid.coordinates(resolution);
    float[] places = new float[points.length * 2];
    for (int i = 0; i < points.length; i++) {
      places[2 * i] = points[i][0];
      places[2 * i + 1] = points[i][1];
    }
    float[] values =
        model.call(
            SineImagesModel.DECODE,
            Map.of(
                SineImagesModel.CODE,
                NpyArray.of(code, 1, code.length),
                SineImagesModel.COORDINATES,
                NpyArray.of(places, 1, points.length, 2)),
            SineImagesModel.VALUES);
    return new GreyImage(resolution, resolution, Arrays.copyOf(values, values.length));
  }
}
