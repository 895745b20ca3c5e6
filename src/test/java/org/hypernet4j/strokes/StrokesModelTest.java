// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.data.DrawingPart;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.language.SmallLanguageModel;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.random.StatelessRandom;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.spec.SpecFiles;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models called for many drawings at once, against their sessions, called for one. */
class StrokesModelTest {
  @TempDir static Path folder;

  private static final SmallStrokeModel HYPER = SmallStrokeModel.hyperLstm();
  private static final SmallStrokeModel STACK = SmallStrokeModel.stack();
  private static final SmallStrokeModel LATENT = SmallStrokeModel.latent();
  private static StrokesModel hyper;
  private static StrokesModel stack;
  private static StrokesModel latent;

  @BeforeAll
  static void open() {
    hyper = exported(HYPER, "hyper");
    stack = opened(STACK, false, 0);
    latent = opened(LATENT, true, 3);
  }

  private static StrokesModel opened(SmallStrokeModel model, boolean ends, int latent) {
    return StrokesModel.of(
        model.session.session(),
        model.signatures,
        () -> {},
        new StrokesModel.Properties("small", null, ends, latent, true, model.scaling, null));
  }

  private static StrokesModel exported(SmallStrokeModel model, String name) {
    Path version = Exporter.export(model.request(name, folder)).versionFolder();
    return StrokesModel.open(version);
  }

  @AfterAll
  static void close() {
    List.of(hyper, stack, latent).forEach(StrokesModel::close);
    List.of(HYPER, STACK, LATENT).forEach(SmallStrokeModel::close);
  }

  /** A random walk. */
  private static PenDrawing walk(int points) {
    StatelessRandom random = StatelessRandom.of(points);
    float[] rows = new float[3 * points];
    for (int i = 0; i < points; i++) {
      rows[3 * i] = (float) (40 * random.uniform(2L * i) - 20);
      rows[3 * i + 1] = (float) (16 * random.uniform(2L * i + 1) - 8);
      rows[3 * i + 2] = i % 5 == 4 ? 1 : 0;
    }
    return PenDrawing.of("walk", rows);
  }

  private static Map<String, NpyArray> alone(SmallStrokeModel model, PenDrawing drawing) {
    return ReferenceCase.record(
            model.session.session(),
            model.signature("score"),
            Map.of(
                "points", NpyArray.of(drawing.rows(), 1, drawing.points(), 3),
                "lengths", NpyArray.of(new int[] {drawing.points()}, 1)))
        .outputs();
  }

  @Test
  void scoresInTheOrderOfTheDrawings() {
    List<PenDrawing> drawings = new ArrayList<>();
    for (int i = 0; i < 250; i++) { // more than one call
      drawings.add(walk(1 + (i * 37) % 60));
    }

    List<StrokesModel.Score> scores = hyper.score(drawings);

    for (int i = 0; i < drawings.size(); i += 7) {
      Map<String, NpyArray> one = alone(HYPER, drawings.get(i));
      StrokesModel.Score score = scores.get(i);
      float nats = Objects.requireNonNull(one.get("nats")).floats()[0];
      assertThat(score.points()).isEqualTo(drawings.get(i).points());
      assertThat(score.nats()).isCloseTo(nats, within(1e-4 * Math.max(1, Math.abs(nats))));
      assertThat(score.nats()).isCloseTo(score.offset() + score.pen(), within(1e-2));
      // section 5 of the specification: log 20 + log 8 a point
      assertThat(score.raw() - score.nats())
          .isCloseTo(score.points() * Math.log(160), within(1e-2));
      assertThat(score.divergence()).isNaN();
    }
  }

  @Test
  void computesDrawingsOfLikeLengthTogetherAndLongOnesAlone() {
    List<PenDrawing> drawings = new ArrayList<>();
    drawings.add(walk(20_001));
    for (int i = 0; i < 150; i++) {
      drawings.add(walk(5));
    }
    drawings.add(walk(9_000));
    drawings.add(walk(11_000));

    List<List<Integer>> groups = LengthGroups.of(drawings);

    // 100 drawings or 20,000 points with their padding at most, unless one alone has more
    assertThat(groups.stream().map(List::size).toList()).containsExactly(100, 50, 1, 1, 1);
  }

  @Test
  void scoresWithWhatTheCodeCosts() {
    PenDrawing drawing = walk(9);

    StrokesModel.Score score = latent.score(List.of(drawing)).get(0);

    assertThat(score.divergence())
        .isCloseTo(
            Objects.requireNonNull(alone(LATENT, drawing).get("kl")).floats()[0], within(1e-4));
    assertThat(score.divergence()).isPositive();
  }

  @Test
  void goesOnFromAPrime() {
    PenDrawing begun = walk(4);
    List<StrokesModel.Sample> samples =
        stack.sample(
            List.of(SampleRequest.of(begun, 6, 1, 0, 5), SampleRequest.of(null, 3, 0.5f, 1, 6)));

    StrokesModel.Sample first = samples.get(0);
    PenDrawing whole = Objects.requireNonNull(first.whole());
    assertThat(whole.slice(0, 4)).isEqualTo(begun);
    assertThat(first.primed()).isEqualTo(4);
    assertThat(first.points()).isEqualTo(6);
    assertThat(Objects.requireNonNull(samples.get(1).whole()).points()).isEqualTo(3);
    assertThat(samples).noneMatch(StrokesModel.Sample::ended); // a Bernoulli pen never ends
    // the rest is what one row alone gives
    Map<String, NpyArray> alone =
        ReferenceCase.record(
                STACK.session.session(),
                STACK.signature("sample"),
                Map.of(
                    "prime", NpyArray.of(begun.rows(), 1, 4, 3),
                    "prime_lengths", NpyArray.of(new int[] {4}, 1),
                    "count", NpyArray.of(new int[] {6}, 1),
                    "temperature", NpyArray.of(new float[] {1}, 1),
                    "bias", NpyArray.of(new float[] {0}, 1),
                    "seed", NpyArray.of(new long[] {5}, 1)))
            .outputs();
    assertThat(whole.slice(4, 10).rows())
        .usingComparatorWithPrecision(1e-2f)
        .containsExactly(Objects.requireNonNull(alone.get("points")).floats());
  }

  /** A model that is open already is used as it is, and stays open. */
  @Test
  void drawsWithAModelThatIsOpen() {
    List<SampleRequest> requests = List.of(SampleRequest.of(null, 20, 1, 0, 7));
    try (LoadedModel loaded = LoadedModel.open(folder.resolve("hyper/1"))) {
      StrokesModel model = StrokesModel.of(loaded);
      assertThat(model.sample(requests)).isEqualTo(hyper.sample(requests));
      assertThat(model.stream(requests.get(0)).rest()).isEqualTo(hyper.sample(requests).get(0));
      model.close();
      assertThat(StrokesModel.of(loaded).sample(requests)).isEqualTo(hyper.sample(requests));
    }
  }

  @Test
  void countsPointsAndStrokes() {
    PenDrawing two = PenDrawing.of("two", new float[] {1, 0, 1, 1, 1, 0, 2, 2, 0});
    DrawingPart data = new DrawingPart("data", List.of(two, two.slice(0, 1)), List.of());

    List<@Nullable String> none = Collections.singletonList(null);

    SketchStatistics endless = SketchStatistics.of(stack, 130, 7, 1, data, none);
    SketchStatistics ending = SketchStatistics.of(latent, 130, 1000, 1, null, none);

    assertThat(endless.ended()).isZero();
    assertThat(endless.points()).isEqualTo(7);
    assertThat(endless.strokes()).isBetween(1.0, 7.0);
    assertThat(endless.data()).isEqualTo(new SketchStatistics.Data(2, 2, 1.5));
    assertThat(endless.lines()).hasSize(2);
    assertThat(ending.ended()).isEqualTo(1);
    assertThat(ending.points()).isBetween(0.5, 100.0);
    assertThat(ending.lines()).hasSize(1);
  }

  @Test
  void refusesCodesAndTextsThatDoNotFit() {
    PenDrawing drawing = walk(3);
    assertThatThrownBy(() -> latent.sample(List.of(SampleRequest.of(null, 3, 1, 0, 5))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("not a code of this model")
        .hasMessageContaining("received none");
    assertThatThrownBy(() -> hyper.trace(drawing, new float[2]))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no latent vector, received 2 numbers");
    assertThatThrownBy(() -> hyper.encode(List.of(drawing)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("model.latent");
    assertThatThrownBy(() -> hyper.score(List.of(drawing), List.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected 1, received 0");
  }

  @Test
  void refusesModelsOfOtherKinds() {
    Path other = Exporter.export(SmallLanguageModel.exportRequest(folder)).versionFolder();

    assertThatThrownBy(() -> StrokesModel.open(other))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the model is not one of pen strokes")
        .hasMessageContaining("language-hyperlstm");
    Path run = folder.resolve("digits");
    RunFolder.create(run, SpecFiles.read(Path.of("graphs", "mnist-hyper.json"), List.of()));
    assertThatThrownBy(() -> StrokesModel.open(run))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the run is not that of a model of pen strokes")
        .hasMessageContaining("'mnist-hyper'");
    assertThatThrownBy(() -> StrokesModel.open(folder.resolve("none")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("none");
  }
}
