// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.assertGradient;
import static org.hypernet4j.fixtures.Arrays4.toFloats;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.fixtures.GoldenFiles;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.nn.MixtureDensity;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Whole decoders, and one with its encoder, against magenta's sketch-rnn run in float64: raw
 * outputs, losses, states, the divergence, and gradients by every weight. Its loss has an epsilon
 * of 1e-6, counts pens in padding and is a mean over all steps, padding too: {@link
 * MixtureDensity#loss} on {@link StrokeModel#raw} has what is needed.
 */
class StrokeModelGoldenTest {
  private static final float KL_WEIGHT = 0.37f; // of the case with a latent vector

  @ParameterizedTest
  @ValueSource(strings = {"lstm", "hyper", "vae_lstm"})
  void equalsSketchRnn(String name) {
    new Case(GoldenFiles.read("mdn_sketchrnn_" + name)).check();
  }

  /** One file; sizes are those of its arrays. */
  private static final class Case {
    private final GoldenFiles golden;
    private final MagentaCells.Names decoder;
    private final int batch;
    private final int steps;
    private final int components;
    private final boolean coded;

    Case(GoldenFiles golden) {
      this.golden = golden;
      decoder = MagentaCells.Names.below("RNN/", golden);
      batch = (int) golden.shape("strokes5")[0];
      steps = (int) golden.shape("strokes5")[1] - 1;
      components = ((int) golden.shape("raw")[1] - 3) / 6;
      coded = golden.arrays().containsKey("eps");
    }

    private StrokeModel model(ParameterScope root, MixtureDensity density) {
      int z = coded ? (int) golden.shape("eps")[1] : 0;
      RnnCell<?> cell = decoder.cell(root.child("cell"), 5 + z);
      StrokeLatent latent = null;
      if (coded) {
        ParameterScope encoder = root.child("encoder");
        latent =
            new StrokeLatent(
                root,
                encoder("fw").cell(encoder.child("forwards"), 5),
                encoder("bw").cell(encoder.child("backwards"), 5),
                z,
                cell.stateLayout().parts());
      }
      return new StrokeModel(root, cell, density, new Keep(1, 1, 1, 1, 1), latent);
    }

    private MagentaCells.Names encoder(String direction) {
      return MagentaCells.Names.below("ENC_RNN/" + direction + "/", golden);
    }

    void check() {
      try (Graph graph = new Graph();
          Session session = new Session(graph)) {
        ParameterStore store = new ParameterStore(graph, 1L);
        MixtureDensity density =
            new MixtureDensity(
                MixtureDensity.Settings.of(components, MixtureDensity.Pen.THREE_WAY)
                    .withDensityEpsilon(1e-6f));
        StrokeModel model = model(store.root(), density);
        Ops tf = store.root().child("test").tf();
        Operand<TFloat32> strokes =
            tf.linalg.transpose(
                Fetched.constant(tf, golden, "strokes5"), tf.constant(new int[] {1, 0, 2}));
        Operand<TFloat32> targets = from(tf, strokes, 1);
        Map<String, Operand<TFloat32>> fetches = new LinkedHashMap<>();
        Operand<TFloat32> z = null;
        Operand<TFloat32> kl = null;
        if (coded) {
          StrokeLatent latent = Objects.requireNonNull(model.latent());
          int[] lengths = new int[batch];
          for (int b = 0; b < batch; b++) {
            lengths[b] = (int) golden.doubles("lengths")[b];
          }
          StrokeLatent.Code code =
              latent.encode(
                  tf, targets, tf.constant(lengths), new TrainingStep(1, tf.constant(0L)));
          z = code.draw(tf, Fetched.constant(tf, golden, "eps"));
          kl =
              tf.math.div(
                  tf.math.mean(code.divergence(tf), tf.constant(0)),
                  tf.constant((float) latent.size()));
          fetches.put("z_mean", code.mean());
          fetches.put("z_logvar", code.logvar());
          fetches.put("z", z);
          fetches.put("kl", kl);
        }
        List<Operand<TFloat32>> initial = model.initialState(tf, tf.constant(batch), z);
        StrokeModel.Outputs outputs =
            model.raw(tf, from(tf, strokes, 0), z, initial, new TrainingStep(1, tf.constant(0L)));
        Operand<TFloat32> points = pointLoss(tf, density, outputs.raw(), targets);
        Operand<TFloat32> loss = tf.math.mean(points, tf.constant(0));
        Operand<TFloat32> cost =
            kl == null ? loss : tf.math.add(loss, tf.math.mul(kl, tf.constant(KL_WEIGHT)));
        fetches.put("raw", byDrawing(tf, outputs.raw(), density.columns()));
        fetches.put("point_loss", byDrawing(tf, points, 1));
        fetches.put("loss", loss);
        if (coded) {
          fetches.put("cost", cost);
          fetches.put("initial_state", packed(tf, model, initial));
        }
        fetches.put("final_state", packed(tf, model, outputs.state()));
        Map<Parameter, Operand<TFloat32>> gradients = Gradients.of(cost, store.trainables());
        Map<String, Operand<TFloat32>> all = new LinkedHashMap<>(fetches);
        gradients.forEach((parameter, gradient) -> all.put(parameter.name(), gradient));

        store.initialize(session);
        Map<String, float[]> weights = new LinkedHashMap<>();
        laidOut(model, "w/").forEach((name, values) -> weights.put(name, toFloats(values)));
        ParameterValues.assign(session, store, weights);
        Fetched actual = Fetched.of(session, all);

        for (String name : fetches.keySet()) {
          // losses here are of the size of 1 to 20
          assertClose(name, actual.get(name), golden.doubles("f64/" + name), 1e-5);
        }
        Map<String, double[]> expected = laidOut(model, "f64/grad/");
        for (Parameter parameter : gradients.keySet()) {
          assertGradient(
              parameter.name(),
              actual.get(parameter.name()),
              Objects.requireNonNull(expected.remove(parameter.name()), parameter.name()),
              1e-5);
        }
        assertThat(expected).isEmpty();
      }
    }

    private Operand<TFloat32> from(Ops tf, Operand<TFloat32> strokes, int first) {
      return tf.slice(
          strokes, tf.constant(new int[] {first, 0, 0}), tf.constant(new int[] {steps, -1, -1}));
    }

    /** Theirs: pens count everywhere, offsets where there is a point. */
    private Operand<TFloat32> pointLoss(
        Ops tf, MixtureDensity density, Operand<TFloat32> raw, Operand<TFloat32> targets) {
      Operand<TFloat32> rows = tf.reshape(targets, tf.constant(new int[] {-1, 5}));
      MixtureDensity.Loss loss =
          density.loss(
              tf,
              tf.reshape(raw, tf.constant(new int[] {-1, density.columns()})),
              columns(tf, rows, 0, 2),
              columns(tf, rows, 2, 3));
      Operand<TFloat32> counted =
          tf.math.sub(
              tf.constant(1f), tf.reshape(columns(tf, rows, 4, 1), tf.constant(new int[] {-1})));
      return tf.math.add(tf.math.mul(loss.offset(), counted), loss.pen());
    }

    private static Operand<TFloat32> columns(Ops tf, Operand<TFloat32> rows, int first, int count) {
      return tf.slice(rows, tf.constant(new int[] {0, first}), tf.constant(new int[] {-1, count}));
    }

    /** Rows of time and batch in their order: drawing after drawing. */
    private Operand<TFloat32> byDrawing(Ops tf, Operand<TFloat32> rows, int columns) {
      return tf.linalg.transpose(
          tf.reshape(rows, tf.constant(new int[] {steps, batch, columns})),
          tf.constant(new int[] {1, 0, 2}));
    }

    /** A state as they pack it. */
    private Operand<TFloat32> packed(Ops tf, StrokeModel model, List<Operand<TFloat32>> state) {
      List<Operand<TFloat32>> all = new ArrayList<>();
      for (String part : decoder.packing()) {
        all.add(state.get(place(model, part)));
      }
      return tf.concat(all, tf.constant(1));
    }

    private static int place(StrokeModel model, String part) {
      List<String> names = model.stateParts().stream().map(StatePart::name).toList();
      assertThat(names).contains(part);
      return names.indexOf(part);
    }

    /** Their arrays below a prefix under the names of our parameters. */
    private Map<String, double[]> laidOut(StrokeModel model, String prefix) {
      Map<String, double[]> ours = new LinkedHashMap<>();
      decoder.put(ours, "cell/", prefix);
      ours.put("output/kernel", golden.doubles(prefix + "RNN/output_w"));
      ours.put("output/bias", golden.doubles(prefix + "RNN/output_b"));
      if (coded) {
        encoder("fw").put(ours, "encoder/forwards/", prefix);
        encoder("bw").put(ours, "encoder/backwards/", prefix);
        Map<String, String> dense =
            Map.of("mean", "ENC_RNN_mu", "logvar", "ENC_RNN_sigma", "state", "linear");
        dense.forEach(
            (name, theirs) -> {
              double[] kernel = golden.doubles(prefix + theirs + "/super_linear_w");
              double[] bias = golden.doubles(prefix + theirs + "/super_linear_b");
              boolean state = name.equals("state");
              int rows = kernel.length / bias.length;
              ours.put(
                  "latent/" + name + "/kernel", state ? unpacked(model, kernel, rows) : kernel);
              ours.put("latent/" + name + "/bias", state ? unpacked(model, bias, 1) : bias);
            });
      }
      return ours;
    }

    /** Columns of a packed state in the order of our parts. */
    private double[] unpacked(StrokeModel model, double[] packed, int rows) {
      double[] ours = new double[packed.length];
      int columns = packed.length / rows;
      int from = 0;
      for (String part : decoder.packing()) {
        int place = place(model, part);
        List<StatePart> parts = model.stateParts();
        int size = parts.get(place).size();
        int to = parts.subList(0, place).stream().mapToInt(StatePart::size).sum();
        for (int row = 0; row < rows; row++) {
          System.arraycopy(packed, row * columns + from, ours, row * columns + to, size);
        }
        from += size;
      }
      return ours;
    }
  }
}
