// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.hypernet4j.data.DrawingFile;
import org.hypernet4j.data.DrawingPart;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.random.StatelessRandom;
import org.hypernet4j.run.Drawing;
import org.hypernet4j.spec.ExperimentSpec;
import org.jspecify.annotations.Nullable;

/** Draws with a model of strokes: a row of drawings for each temperature, and one of the data. */
public final class SketchBook {
  private static final int STEPS_BETWEEN = 10;

  private final StrokesModel model;
  private final SketchSettings settings;

  /**
   * Drawings of one temperature.
   *
   * @param codes the z of each drawing; null without z
   * @param texts what each drawing says; null without texts
   */
  record Row(
      float temperature,
      List<StrokesModel.Sample> samples,
      List<float @Nullable []> codes,
      List<@Nullable String> texts) {}

  /**
   * All that is drawn.
   *
   * @param data drawings of the data for a row of their own; the two ends of an interpolation
   * @param statistics null if they were not asked for
   */
  record Page(List<Row> rows, List<PenDrawing> data, @Nullable SketchStatistics statistics) {}

  public SketchBook(StrokesModel model, SketchSettings settings) {
    this.model = model;
    this.settings = settings;
  }

  /**
   * Draws, and writes the files into a folder, which is made if it is missing.
   *
   * @throws UserError if the settings do not fit the model, data are not where they should be, or a
   *     file cannot be written; nothing has been written in the first two cases
   */
  public Drawing draw(Path folder) {
    int left = settings.leftOf(model.properties());
    requireLatent();
    DrawingPart data = data();
    List<Integer> chosen = chosen(data);
    List<PenDrawing> shown =
        data == null ? List.of() : chosen.stream().map(data.drawings()::get).toList();
    SketchTexts said = new SketchTexts(model.properties(), settings);
    List<@Nullable String> texts = said.of(data, chosen);
    List<Row> rows = rows(left, shown, texts);
    SketchStatistics statistics =
        settings.statistics() == 0
            ? null
            : SketchStatistics.of(
                model,
                settings.statistics(),
                settings.lengthOf(model.properties()),
                settings.seed(),
                data,
                said.counted(data));
    return new SketchFiles(model, settings, folder).write(new Page(rows, shown, statistics));
  }

  private void requireLatent() {
    if (settings.between() != null && model.properties().latent() == 0) {
      throw UserError.in(Setting.of("interpolate"))
          .what("the model has no latent vector to go from drawing to drawing with")
          .expected("a model trained with model.latent")
          .received("'" + model.properties().name() + "'")
          .next("leave it out")
          .build();
    }
  }

  /** The validation part of the model's data; null if it is not at hand. */
  private @Nullable DrawingPart data() {
    ExperimentSpec spec = model.properties().specification();
    Path path = settings.data();
    if (spec != null && (path != null || DrawingDatasets.isBuiltIn(spec.data()))) {
      return DrawingDatasets.load(spec.data(), path).validation();
    }
    return path == null ? null : DrawingFile.read(path, null);
  }

  /** The numbers of the drawings of the data to show. */
  private List<Integer> chosen(@Nullable DrawingPart data) {
    SketchSettings.Between between = settings.between();
    if (between != null) {
      if (data == null) {
        throw UserError.in(Setting.of("interpolate"))
            .what("the drawings to go between are not at hand")
            .expected("the data that the model was trained on")
            .received("no " + Setting.of("data"))
            .next("add " + Setting.of("data", "PATH"))
            .build();
      }
      return List.of(chosen(data, between.from()), chosen(data, between.to()));
    }
    if (data == null || settings.prime() != null || settings.text() != null) {
      return List.of();
    }
    int[] order = random("data").permutation(data.count());
    return Arrays.stream(order, 0, Math.min(settings.count(), order.length)).boxed().toList();
  }

  private static int chosen(DrawingPart data, int place) {
    if (place < 0 || place >= data.count()) {
      throw UserError.in(Setting.of("interpolate"))
          .what("there is no such drawing in " + data.name())
          .expected("0 to " + (data.count() - 1))
          .received(place)
          .build();
    }
    return place;
  }

  private List<Row> rows(int left, List<PenDrawing> shown, List<@Nullable String> texts) {
    List<float @Nullable []> codes = codes(shown);
    List<SampleRequest> requests = new ArrayList<>();
    for (float temperature : settings.temperatures()) {
      for (int i = 0; i < codes.size(); i++) {
        // equal seeds below each other: what differs is the temperature; between two drawings
        // what differs is the code
        long seed = random("drawing").fold(settings.between() == null ? i : 0).key();
        requests.add(
            new SampleRequest(
                settings.prime(),
                left,
                temperature,
                settings.bias(),
                seed,
                codes.get(i),
                texts.get(i % texts.size())));
      }
    }
    List<StrokesModel.Sample> samples = model.sample(requests);
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < settings.temperatures().size(); r++) {
      int from = r * codes.size();
      rows.add(
          new Row(
              settings.temperatures().get(r),
              List.copyOf(samples.subList(from, from + codes.size())),
              codes,
              texts));
    }
    return rows;
  }

  /** The code of each column. */
  private List<float @Nullable []> codes(List<PenDrawing> shown) {
    List<float @Nullable []> codes = new ArrayList<>();
    int size = model.properties().latent();
    if (settings.between() != null) {
      float[][] ends = model.encode(shown);
      for (int i = 0; i < STEPS_BETWEEN; i++) {
        codes.add(Slerp.between(ends[0], ends[1], i / (STEPS_BETWEEN - 1.0)));
      }
      return codes;
    }
    for (int i = 0; i < settings.count(); i++) {
      codes.add(size == 0 ? null : Slerp.normal(random("latent").fold(i), size));
    }
    return codes;
  }

  private StatelessRandom random(String purpose) {
    return StatelessRandom.of(settings.seed()).fold(purpose);
  }
}
