// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.hypernet4j.cell.PlainCells.join;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.hypernet4j.cell.SoftWindowSettings.Positive;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializers;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Role;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;

/**
 * The variants of the soft window against plain double arithmetic: outputs of three steps as they
 * are, the gradient by every parameter against finite differences, unrolled and in a loop.
 */
class SoftWindowTest {
  private static final int[] TEXT = {2, 0, 1, 1};

  /** The vectors of the characters are trained too: their derivative must be right. */
  @Test
  void gravesVariantWithTrainedVectors() {
    SoftWindowSettings settings = SoftWindowSettings.graves(2, 3);
    PlainCheck.check(
        scope -> {
          Parameter table =
              scope.parameter("table", Shape.of(4, 3), Initializers.zeros(), Role.EMBEDDING);
          Ops tf = scope.tf();
          return writer(scope, settings, 2, 3)
              .reading(
                  tf,
                  tf.gather(table.value(), tf.constant(new int[][] {TEXT}), tf.constant(0)),
                  null);
        },
        (p, x, s) -> {
          double[][] text = new double[TEXT.length][];
          for (int u = 0; u < text.length; u++) {
            text[u] = Arrays.copyOfRange(p.get("table"), 3 * TEXT[u], 3 * TEXT[u] + 3);
          }
          double[][] one = p.lstm("layer0/", join(x, s[9]), s[0], s[1]);
          double[][] window = window(p, one[1], s[8], text, false);
          double[][] two = p.lstm("layer1/", join(join(x, window[3]), one[1]), s[2], s[3]);
          double[][] three = p.lstm("layer2/", join(join(x, window[3]), two[1]), s[4], s[5]);
          return state(one, two, three, window);
        },
        1,
        3,
        5);
  }

  @Test
  void vasquezVariant() {
    SoftWindowSettings settings = SoftWindowSettings.vasquez(2, 3);
    PlainCheck.check(
        scope ->
            writer(scope, settings, 2, 3)
                .readingIds(scope.tf(), scope.tf().constant(new int[][] {TEXT}), null),
        (p, x, s) -> {
          double[][] one = p.lstm("layer0/", join(x, s[9]), s[0], s[1]);
          double[][] window = window(p, join(join(x, s[9]), one[1]), s[8], oneHot(), true);
          double[][] two = p.lstm("layer1/", join(join(x, window[3]), one[1]), s[2], s[3]);
          double[][] three = p.lstm("layer2/", join(join(x, window[3]), two[1]), s[4], s[5]);
          return state(one, two, three, window);
        },
        5);
  }

  /** A layer that reads [w, h] without x, and one that reads x and h without w. */
  @Test
  void layersReadWhatTheSettingsSay() {
    SoftWindowSettings settings =
        SoftWindowSettings.graves(2, 3).withFirstPosition(0).withInputTo(2).withWindowTo(1);
    PlainCheck.check(
        scope ->
            writer(scope, settings, 2, 3)
                .readingIds(scope.tf(), scope.tf().constant(new int[][] {TEXT}), null),
        (p, x, s) -> {
          double[][] one = p.lstm("layer0/", x, s[0], s[1]);
          double[][] window = window(p, one[1], s[8], oneHot(), false, 0);
          double[][] two = p.lstm("layer1/", join(window[3], one[1]), s[2], s[3]);
          double[][] three = p.lstm("layer2/", join(x, two[1]), s[4], s[5]);
          return state(one, two, three, window);
        },
        1,
        3,
        5);
  }

  private static SoftWindowCell writer(
      ParameterScope scope, SoftWindowSettings settings, int inputs, int units) {
    List<RnnCell<?>> layers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      layers.add(
          new LstmCell(
              scope.child("layer" + i),
              LstmCell.Settings.of(settings.layerInputSize(i, inputs, units), units)));
    }
    return new SoftWindowCell(scope, settings, layers);
  }

  private static double[][] state(
      double[][] one, double[][] two, double[][] three, double[][] window) {
    return new double[][] {
      one[0], one[1], two[0], two[1], three[0], three[1], window[0], window[1], window[2], window[3]
    };
  }

  private static double[][] oneHot() {
    return IntStream.of(TEXT)
        .mapToObj(id -> new double[] {id == 0 ? 1 : 0, id == 1 ? 1 : 0, id == 2 ? 1 : 0})
        .toArray(double[][]::new);
  }

  private static double[][] window(
      PlainCells p, double[] input, double[] before, double[][] text, boolean vasquez) {
    return window(p, input, before, text, vasquez, vasquez ? 0 : 1);
  }

  /** Alpha, beta, kappa and w, one number at a time. */
  private static double[][] window(
      PlainCells p, double[] input, double[] before, double[][] text, boolean vasquez, int first) {
    int k = before.length;
    double[] raw =
        PlainCells.plus(PlainCells.times(input, p.get("window/kernel")), p.get("window/bias"));
    double[][] all = {new double[k], new double[k], new double[k], new double[text[0].length]};
    for (int i = 0; i < 3 * k; i++) {
      all[i / k][i % k] = vasquez ? Math.log1p(Math.exp(raw[i])) : Math.exp(raw[i]);
    }
    for (int i = 0; i < k; i++) {
      all[1][i] = vasquez ? Math.max(all[1][i], 0.01) : all[1][i];
      all[2][i] = before[i] + (vasquez ? all[2][i] / 25 : all[2][i]);
    }
    for (int u = 0; u < text.length; u++) {
      double phi = 0;
      for (int i = 0; i < k; i++) {
        double squared = Math.pow(all[2][i] - (u + first), 2);
        phi += all[0][i] * Math.exp(vasquez ? -squared / all[1][i] : -squared * all[1][i]);
      }
      for (int c = 0; c < text[u].length; c++) {
        all[3][c] += phi * text[u][c];
      }
    }
    return all;
  }

  /**
   * Graves (section 5): 57 characters, a window of ten, 400 cells in each layer: "3.7M weights".
   */
  @Test
  void hasGravesNumberOfParameters() {
    try (Graph graph = new Graph()) {
      ParameterStore store = new ParameterStore(graph, 1L);
      SoftWindowCell cell = writer(store.root(), SoftWindowSettings.graves(10, 57), 3, 400);
      assertThat(cell.inputSize()).isEqualTo(3);
      assertThat(cell.outputSize()).isEqualTo(1200);
      long parameters = store.model().stream().mapToLong(Parameter::size).sum();
      assertThat(parameters + 121L * (cell.outputSize() + 1)).isEqualTo(3_650_151);
      assertThat(cell.stateLayout().parts())
          .extracting(StatePart::name)
          .containsExactly(
              "layer0/c",
              "layer0/h",
              "layer1/c",
              "layer1/h",
              "layer2/c",
              "layer2/h",
              "window/alpha",
              "window/beta",
              "window/kappa",
              "window/w");
    }
  }

  /** A letter takes some 25 points: a step's bias is log(1/25), or log(exp(25/25) - 1). */
  @Test
  void aStepStartsNearOne25th() {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      writer(store.root().child("exp"), SoftWindowSettings.graves(2, 3), 3, 4);
      writer(store.root().child("softplus"), SoftWindowSettings.vasquez(2, 3), 3, 4);
      store.initialize(session);
      var values = ParameterValues.read(session, store.model());
      float exp = (float) Math.log(0.04);
      assertThat(values.get("exp/window/bias")).containsExactly(0, 0, 0, 0, exp, exp);
      assertThat(values.get("softplus/window/bias"))
          .usingComparatorWithPrecision(1e-6f)
          .containsExactly(0, 0, 0, 0, 0.5413249f, 0.5413249f);
    }
  }

  @Test
  void saysWhatIsWrong() {
    try (Graph graph = new Graph()) {
      ParameterScope scope = new ParameterStore(graph, 1L).root();
      SoftWindowSettings settings = SoftWindowSettings.graves(2, 3);
      LstmCell low = new LstmCell(scope.child("low"), LstmCell.Settings.of(5, 4));
      LstmCell top = new LstmCell(scope.child("top"), LstmCell.Settings.of(8, 4));
      refused(
          "soft window cell, layer 1: the input size is not that of what the layer reads; expected"
              + " 9, of x 2, the window 3 and the layer below 4, received 8. Take it from the"
              + " settings: layerInputSize(layer, inputSize, below).",
          () -> new SoftWindowCell(scope, settings, List.of(low, top)));
      refused(
          "there are no layers; expected at least one",
          () -> new SoftWindowCell(scope, settings, List.of()));
      refused(
          "the settings name a layer that is not there; expected layers 0 to 0, received 1",
          () -> new SoftWindowCell(scope, settings.withWindowTo(1), List.of(low)));
      LstmCell narrow = new LstmCell(scope.child("narrow"), LstmCell.Settings.of(3, 4));
      refused(
          "layer 0: the input size is not that of what the layer reads; expected 4, of x 1",
          () -> new SoftWindowCell(scope, settings, List.of(narrow)));
    }
    SoftWindowSettings good = SoftWindowSettings.graves(1, 1);
    refused("a window needs components", () -> SoftWindowSettings.graves(0, 1));
    refused("a character's vector is empty", () -> SoftWindowSettings.scribe(1, 0));
    refused("the step's scale cannot be used", () -> good.withStepScale(Float.NaN));
    refused("the initial step cannot be used", () -> good.withInitialStep(0f));
    refused(
        "cannot be reached with this scale",
        () -> good.withPositive(Positive.SOFTPLUS).withInitialStep(1e30f));
    refused("beta's smallest value cannot be used", () -> good.withDividingBeta(0f));
    refused("beta's smallest value cannot be used", () -> good.withMultiplyingBeta(-1f));
    refused("no such position; expected 0 or 1", () -> good.withFirstPosition(2));
    refused("there is no such layer", () -> good.withInputTo(-1));
  }

  private static void refused(
      String message, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatExceptionOfType(UserError.class).isThrownBy(call).withMessageContaining(message);
  }
}
