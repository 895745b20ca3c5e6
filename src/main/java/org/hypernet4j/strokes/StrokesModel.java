// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ModelTrust;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.pen.PenDrawing;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.PenSpec;
import org.hypernet4j.spec.StrokesModelSpec;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Session;

/**
 * A model of strokes that is open for scoring and drawing, from a run or an export. Both are called
 * through their signatures, so both give the same answers. Drawings are in units of the data.
 *
 * <pre>{@code
 * try (StrokesModel model = StrokesModel.open(Path.of("runs/omniglot/1"))) {
 *   double nats = model.score(List.of(drawing)).get(0).nats();
 *   List<StrokesModel.Sample> drawn =
 *       model.sample(List.of(SampleRequest.of(null, 250, 0.4f, 0, 1)));
 * }
 * }</pre>
 */
public final class StrokesModel implements AutoCloseable {
  private final Caller caller;
  private final Runnable closing;
  private final Properties properties;
  private final StrokesInputs arrays;
  private final TextInputs texts;

  /** Calls a signature. */
  private interface Caller {
    Map<String, NpyArray> call(String signature, Map<String, NpyArray> inputs);
  }

  /**
   * Properties of a model.
   *
   * @param name that of its specification
   * @param specification null for an exported model that does not state it
   * @param ends whether the model itself ends its drawings
   * @param latent the size of z, 0 for a model without
   * @param traced whether its weights change from point to point, so that there is a trace
   * @param vocabulary the characters of a model that writes a given text, else null
   */
  public record Properties(
      String name,
      @Nullable ExperimentSpec specification,
      boolean ends,
      int latent,
      boolean traced,
      StrokeScaling scaling,
      @Nullable Vocabulary vocabulary) {}

  /**
   * Nats of a drawing.
   *
   * @param points of the drawing
   * @param nats of all of it, in normalised units
   * @param offset the share of the offsets
   * @param pen the share of the pen, the end included if the model has one
   * @param raw nats in the units of the data
   * @param divergence what z costs, in nats; NaN without z
   */
  public record Score(
      int points, double nats, double offset, double pen, double raw, double divergence) {}

  /**
   * A drawing that the model has made.
   *
   * @param whole with the points that it began with; null if the model ended it before its first
   * @param primed how many points were given
   * @param ended whether the model ended it, else the limit did
   */
  public record Sample(@Nullable PenDrawing whole, int primed, boolean ended) {
    /** Points that the model drew. */
    public int points() {
      return whole == null ? 0 : whole.points() - primed;
    }
  }

  private StrokesModel(Caller caller, Runnable closing, Properties properties) {
    this.caller = caller;
    this.closing = closing;
    this.properties = properties;
    this.arrays = new StrokesInputs(properties.latent());
    this.texts = new TextInputs(properties.name(), properties.vocabulary());
  }

  /**
   * Opens the best model of a run, or an exported model.
   *
   * @param folder of a run, or of one version of an exported model
   * @throws UserError if it is neither, or not of a model of strokes
   */
  public static StrokesModel open(Path folder) {
    return open(folder, ModelTrust.NONE);
  }

  /** As {@link #open(Path)}; an exported model's author may be trusted. */
  public static StrokesModel open(Path folder, ModelTrust trust) {
    if (RunFolder.isRun(folder)) {
      TrainedStrokes trained = StrokesRun.open(folder).best();
      return of(trained, trained::close);
    }
    return exported(folder, trust);
  }

  /** Whether a folder is a run of a model of strokes, or an exported one. */
  public static boolean isIn(Path folder) {
    return RunFolder.isRun(folder)
        ? RunFolder.existing(folder).specification().model() instanceof StrokesModelSpec
        : ExportedStrokes.isIn(folder);
  }

  /** A model in a session, which the caller closes. */
  static StrokesModel of(TrainedStrokes trained) {
    return of(trained, () -> {});
  }

  private static StrokesModel of(TrainedStrokes trained, Runnable closing) {
    StrokesModelSpec spec = StrokesTask.model(trained.specification().model());
    return of(
        trained.session().session(),
        trained.signatures(),
        closing,
        new Properties(
            trained.specification().name(),
            trained.specification(),
            spec.pen() == PenSpec.THREE_WAY || spec.window() != null,
            spec.latent() == null ? 0 : spec.latent().size(),
            trained.signatures().stream()
                .filter(one -> one.key().equals(StrokesSignatures.TRACE))
                .anyMatch(one -> StrokesSignatures.isTraced(one.outputs().keySet())),
            trained.scaling(),
            trained.vocabulary()));
  }

  /** Signatures in a session, which the caller closes. */
  static StrokesModel of(
      Session session, List<ServingSignature> signatures, Runnable closing, Properties properties) {
    return new StrokesModel(
        (key, inputs) ->
            ReferenceCase.record(session, StrokesSignatures.find(signatures, key), inputs)
                .outputs(),
        closing,
        properties);
  }

  /**
   * Takes an exported model that is open, {@code predictor.model()} for example, and that stays
   * open when this one is closed.
   *
   * @throws UserError if it is no model of strokes
   */
  public static StrokesModel of(LoadedModel model) {
    return of(model, () -> {});
  }

  private static StrokesModel of(LoadedModel model, Runnable closing) {
    return new StrokesModel(
        model::call, closing, ExportedStrokes.properties(model.folder(), model));
  }

  private static StrokesModel exported(Path folder, ModelTrust trust) {
    LoadedModel model = LoadedModel.open(folder, trust);
    boolean complete = false;
    try {
      StrokesModel opened = of(model, model::close);
      complete = true;
      return opened;
    } finally {
      if (!complete) {
        model.close();
      }
    }
  }

  /** Calls a signature as it is. */
  Map<String, NpyArray> call(String signature, Map<String, NpyArray> inputs) {
    return caller.call(signature, inputs);
  }

  /** Properties of the model. */
  public Properties properties() {
    return properties;
  }

  /**
   * The nats of drawings, see {@link StrokesEvaluator}. Drawings of similar length are computed
   * together, so that little is padding.
   *
   * @return in the order of the drawings
   */
  public List<Score> score(List<PenDrawing> drawings) {
    return score(drawings, Collections.nCopies(drawings.size(), null));
  }

  /**
   * As {@link #score(List)}, with what each drawing says.
   *
   * @param said for a model that writes a given text, one for each drawing; else of nulls
   * @throws UserError if the model cannot read one of the texts
   */
  public List<Score> score(List<PenDrawing> drawings, List<@Nullable String> said) {
    if (said.size() != drawings.size()) {
      throw UserError.in("texts of drawings")
          .what("there is not one for each drawing")
          .expected(drawings.size())
          .received(said.size())
          .build();
    }
    Score[] scores = new Score[drawings.size()];
    for (List<Integer> group : LengthGroups.of(drawings)) {
      List<PenDrawing> some = group.stream().map(drawings::get).toList();
      Map<String, NpyArray> inputs = StrokesInputs.padded(some);
      texts.put(inputs, TextInputs.TEXTS, group.stream().<@Nullable String>map(said::get).toList());
      Map<String, NpyArray> answer = caller.call(StrokesSignatures.SCORE, inputs);
      float[] nats = floats(answer, "nats");
      float[] offset = floats(answer, "nats_offset");
      float[] pen = floats(answer, "nats_pen");
      float[] raw = floats(answer, "nats_raw");
      float[] divergence = properties.latent() == 0 ? null : floats(answer, "kl");
      for (int i = 0; i < some.size(); i++) {
        scores[group.get(i)] =
            new Score(
                some.get(i).points(),
                nats[i],
                offset[i],
                pen[i],
                raw[i],
                divergence == null ? Double.NaN : divergence[i]);
      }
    }
    return List.of(scores);
  }

  /**
   * Draws.
   *
   * @return a drawing for each request
   */
  public List<Sample> sample(List<SampleRequest> requests) {
    List<Sample> samples = new ArrayList<>();
    for (int from = 0; from < requests.size(); from += LengthGroups.ROWS) {
      samples.addAll(
          sampled(requests.subList(from, Math.min(requests.size(), from + LengthGroups.ROWS))));
    }
    return samples;
  }

  /**
   * Draws point by point, any number of drawings at once.
   *
   * @throws UserError if the request does not fit the model
   */
  public DrawingStream stream(SampleRequest request) {
    inputs(List.of(request)); // refuses at once what the model cannot draw
    return new DrawingStream(this, request);
  }

  private Map<String, NpyArray> inputs(List<SampleRequest> requests) {
    Map<String, NpyArray> inputs = arrays.sample(requests);
    texts.put(
        inputs,
        TextInputs.TEXT,
        requests.stream().<@Nullable String>map(SampleRequest::text).toList());
    return inputs;
  }

  private List<Sample> sampled(List<SampleRequest> requests) {
    Map<String, NpyArray> answer = caller.call(StrokesSignatures.SAMPLE, inputs(requests));
    return StrokesAnswers.samples(answer, requests);
  }

  /**
   * The means of z that the encoder gives drawings, {@code [drawings][size]}.
   *
   * @throws UserError if the model has no latent vector
   */
  public float[][] encode(List<PenDrawing> drawings) {
    float[][] codes = new float[drawings.size()][];
    int size = properties.latent();
    if (size == 0) {
      throw UserError.in("'" + properties.name() + "'")
          .what("the model has no latent vector to encode drawings in")
          .expected("a model trained with model.latent")
          .received("one without")
          .build();
    }
    for (List<Integer> group : LengthGroups.of(drawings)) {
      float[] means =
          floats(
              caller.call(
                  StrokesSignatures.ENCODE,
                  StrokesInputs.padded(group.stream().map(drawings::get).toList())),
              "z_mean");
      for (int i = 0; i < group.size(); i++) {
        float[] code = new float[size];
        System.arraycopy(means, i * size, code, 0, size);
        codes[group.get(i)] = code;
      }
    }
    return codes;
  }

  /**
   * Measures how far the weights of each gate move from point to point, see {@link
   * org.hypernet4j.zoo.StrokeTrace}.
   *
   * @param z the code for a model with z, else null
   * @return {@code [points]} by weight and gate, {@code W_h_i}; empty for constant weights
   */
  public Map<String, double[]> trace(PenDrawing drawing, float @Nullable [] z) {
    return trace(drawing, z, null);
  }

  /**
   * As {@link #trace(PenDrawing, float[])}, with the text that the drawing says.
   *
   * @param text for a model that writes a given text, else null
   */
  public Map<String, double[]> trace(
      PenDrawing drawing, float @Nullable [] z, @Nullable String text) {
    Map<String, double[]> changes = new LinkedHashMap<>();
    if (properties.traced()) {
      traced(drawing, z, text)
          .forEach(
              (name, values) -> {
                if (name.startsWith(StrokesSignatures.CHANGE)) {
                  changes.put(
                      name.substring(StrokesSignatures.CHANGE.length()),
                      StrokesAnswers.doubles(values.floats()));
                }
              });
    }
    return changes;
  }

  /**
   * How much of each character a model read when it drew a point, see {@link
   * org.hypernet4j.zoo.StrokeAlignment}.
   *
   * @param text that the drawing says
   * @return {@code [characters][points]}
   * @throws UserError if the model writes no given text
   */
  public double[][] alignment(PenDrawing drawing, String text) {
    texts.put(new LinkedHashMap<>(), TextInputs.TEXT, List.of(text)); // refuses other models
    return StrokesAnswers.columns(
        StrokesAnswers.of(traced(drawing, null, text), StrokesSignatures.ALIGNMENT),
        drawing.points());
  }

  private Map<String, NpyArray> traced(
      PenDrawing drawing, float @Nullable [] z, @Nullable String text) {
    Map<String, NpyArray> inputs = arrays.whole(drawing, z);
    texts.put(inputs, TextInputs.TEXT, Collections.singletonList(text));
    return caller.call(StrokesSignatures.TRACE, inputs);
  }

  private static float[] floats(Map<String, NpyArray> answer, String name) {
    return StrokesAnswers.of(answer, name).floats();
  }

  @Override
  public void close() {
    closing.run();
  }
}
