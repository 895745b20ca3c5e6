// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.data.TextPart;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.data.WrittenTexts;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.Provenance;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.json.SpecWriter;
import org.hypernet4j.run.InferenceSession;
import org.hypernet4j.spec.CellSpec;
import org.hypernet4j.spec.KeepSpec;
import org.hypernet4j.spec.LatentSpec;
import org.hypernet4j.spec.PenSpec;
import org.hypernet4j.spec.StrokesModelSpec;
import org.hypernet4j.spec.TemperatureLawSpec;
import org.hypernet4j.spec.WindowSpec;
import org.hypernet4j.zoo.StrokeModel;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/**
 * A model of strokes in a session, with noise on every parameter: the zeros and ones of a model
 * that has learnt nothing would hide terms.
 */
public final class SmallStrokeModel implements AutoCloseable {
  private static final double NOISE = 0.4;
  private static final float RARELY = 2.5f;
  private static final float OFTEN = 1f;

  /** Those of the model that writes. */
  static final Vocabulary CHARACTERS =
      Vocabulary.of(
          Vocabulary.Kind.CHARACTERS, TextPart.of("characters", " abcd" + WrittenTexts.REST));

  final StrokesModelSpec spec;
  final StrokeScaling scaling;
  final InferenceSession<StrokeModel> session;
  final List<ServingSignature> signatures;

  SmallStrokeModel(StrokesModelSpec spec, StrokeScaling scaling) {
    this.spec = spec;
    this.scaling = scaling;
    Graph graph = new Graph();
    ParameterStore store = new ParameterStore(graph, 7L);
    StrokeModel model = SpecModels.strokeModel(store.root(), spec);
    signatures = StrokesSignatures.build(store.root(), model, spec, scaling);
    session = new InferenceSession<>(graph, new Session(graph), store, model);
    store.initialize(session.session());
    Map<String, float[]> values = ParameterValues.read(session.session(), store.model());
    Random random = new Random(3);
    values.forEach(
        (name, array) -> {
          for (int i = 0; i < array.length; i++) {
            array[i] += (float) (NOISE * random.nextGaussian());
          }
        });
    if (spec.pen() == PenSpec.THREE_WAY) {
      // columns down, up, end: drawings shall have some points
      Objects.requireNonNull(values.get("output/bias"))[2] -= RARELY;
    }
    if (spec.window() != null) {
      // the logit of the pen: it shall be lifted now and then, but not always
      Objects.requireNonNull(values.get("output/bias"))[0] += OFTEN;
    }
    ParameterValues.assign(session.session(), store, values);
  }

  /** A layer-normalised HyperLSTM, a pen of three states, other units for each axis. */
  static SmallStrokeModel hyperLstm() {
    return new SmallStrokeModel(
        spec(hyper(true), 1, false, PenSpec.THREE_WAY, null), new StrokeScaling(3f, -2f, 20f, 8f));
  }

  /** Three LSTMs with skip connections, a Bernoulli pen, and every limit of the density. */
  static SmallStrokeModel stack() {
    CellSpec lstm = new CellSpec.Lstm(5, false, 0.001, true, 1, CellSpec.Initializer.ORTHOGONAL);
    return new SmallStrokeModel(
        new StrokesModelSpec(
            lstm,
            3,
            true,
            2,
            PenSpec.BERNOULLI,
            1e-3,
            0.05,
            1,
            TemperatureLawSpec.SIGMA,
            KeepSpec.NONE,
            null,
            null),
        new StrokeScaling(0f, 0f, 50f, 50f));
  }

  /** A HyperLSTM without layer normalisation that reads a latent vector. */
  static SmallStrokeModel latent() {
    CellSpec encoder = new CellSpec.Lstm(4, true, 0.001, false, 1, CellSpec.Initializer.ORTHOGONAL);
    return new SmallStrokeModel(
        spec(hyper(false), 1, false, PenSpec.THREE_WAY, new LatentSpec(3, encoder, 0.5, 0, 0.9, 0)),
        new StrokeScaling(0f, 0f, 30f, 30f));
  }

  /**
   * Two LSTMs and a window over a text of six characters, of which the last stands for all others.
   */
  static SmallStrokeModel writing(WindowSpec.Form form, WindowSpec.Stop stop) {
    CellSpec lstm = new CellSpec.Lstm(5, false, 0.001, true, 1, CellSpec.Initializer.ORTHOGONAL);
    return new SmallStrokeModel(
        new StrokesModelSpec(
            lstm,
            2,
            false,
            2,
            PenSpec.BERNOULLI,
            0,
            0,
            0,
            TemperatureLawSpec.VARIANCE,
            KeepSpec.NONE,
            null,
            new WindowSpec(3, 6, form, 0.4, stop)),
        new StrokeScaling(3f, -2f, 20f, 8f));
  }

  private static CellSpec hyper(boolean layerNorm) {
    return new CellSpec.HyperLstm(
        6, 4, 2, layerNorm, layerNorm, 0.001, 1, 1, CellSpec.Initializer.ORTHOGONAL);
  }

  private static StrokesModelSpec spec(
      CellSpec cell, int layers, boolean skips, PenSpec pen, @Nullable LatentSpec latent) {
    return new StrokesModelSpec(
        cell,
        layers,
        skips,
        3,
        pen,
        0,
        0,
        0,
        TemperatureLawSpec.VARIANCE,
        KeepSpec.NONE,
        latent,
        null);
  }

  ServingSignature signature(String key) {
    return StrokesSignatures.find(signatures, key);
  }

  ExportRequest request(String name, Path base) {
    JsonObject specification = new JsonObject();
    specification.add("model", SpecWriter.toTree(spec));
    return StrokesExport.request(
            name,
            spec,
            scaling,
            spec.window() == null ? null : CHARACTERS,
            ParameterValues.read(session.session(), session.store().model()),
            StrokesReferences.record(session, signatures, spec, scaling),
            base)
        .withProvenance(Provenance.UNKNOWN.withSpecification(specification));
  }

  /** An exported HyperLSTM, for tests of other packages. */
  public static ExportRequest exportRequest(Path base) {
    try (SmallStrokeModel model = hyperLstm()) {
      return model.request("strokes-hyperlstm", base);
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
