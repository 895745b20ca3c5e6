// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ModelTrust;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.json.Place;
import org.hypernet4j.json.SpecReader;
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
 *       model.sample(List.of(new SampleRequest(null, 250, 0.4f, 0, 1, null)));
 * }
 * }</pre>
 */
public final class StrokesModel implements AutoCloseable {
  private final Caller caller;
  private final Runnable closing;
  private final Properties properties;

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
   */
  public record Properties(
      String name,
      @Nullable ExperimentSpec specification,
      boolean ends,
      int latent,
      boolean traced,
      StrokeScaling scaling) {}

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
            spec.pen() == PenSpec.THREE_WAY,
            spec.latent() == null ? 0 : spec.latent().size(),
            trained.signatures().stream()
                .anyMatch(one -> one.key().equals(StrokesSignatures.TRACE)),
            trained.scaling()));
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

  private static StrokesModel exported(Path folder, ModelTrust trust) {
    LoadedModel model = LoadedModel.open(folder, trust);
    boolean complete = false;
    try {
      StrokesModel opened = new StrokesModel(model::call, model::close, properties(folder));
      complete = true;
      return opened;
    } finally {
      if (!complete) {
        model.close();
      }
    }
  }

  private static Properties properties(Path folder) {
    Manifest manifest = Manifest.isIn(folder) ? Manifest.read(folder) : null;
    JsonObject guide = manifest == null ? null : manifest.guide();
    if (manifest == null
        || guide == null
        || !manifest.signatures().containsKey(StrokesSignatures.SAMPLE)
        || !guide.has(StrokesRun.SCALING)
        || !guide.has("pen")) {
      throw UserError.in(folder)
          .what("the model is not one of pen strokes")
          .expected("a model of pen strokes that this library exported")
          .received(manifest == null ? "a model without a manifest" : "'" + manifest.model() + "'")
          .next("give the folder of another model, or of a run")
          .build();
    }
    String where = folder.resolve(Manifest.PATH).toString();
    JsonElement latent = guide.get("latent");
    return new Properties(
        manifest.model(),
        specification(manifest.provenance().get("specification"), where),
        guide.get("pen").getAsString().equals("three-way"),
        latent == null ? 0 : latent.getAsInt(),
        manifest.signatures().containsKey(StrokesSignatures.TRACE),
        StrokeScaling.fromJson(guide.get(StrokesRun.SCALING), where));
  }

  /** The whole specification; what others have put there may be less. */
  private static @Nullable ExperimentSpec specification(@Nullable JsonElement json, String where) {
    return json instanceof JsonObject object
            && object.keySet().containsAll(List.of("name", "model", "data", "training"))
        ? SpecReader.read(ExperimentSpec.class, object, Place.file(where + ", specification"))
        : null;
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
    Score[] scores = new Score[drawings.size()];
    for (List<Integer> group : LengthGroups.of(drawings)) {
      List<PenDrawing> some = group.stream().map(drawings::get).toList();
      Map<String, NpyArray> answer = caller.call(StrokesSignatures.SCORE, padded(some));
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
      samples.addAll(sampled(requests.subList(from, Math.min(requests.size(), from + LengthGroups.ROWS))));
    }
    return samples;
  }

  private List<Sample> sampled(List<SampleRequest> requests) {
    int rows = requests.size();
    int longest = requests.stream().mapToInt(SampleRequest::primed).max().orElseThrow();
    float[] prime = new float[rows * longest * PenDrawing.COLUMNS];
    int[] lengths = new int[rows];
    int[] counts = new int[rows];
    float[] temperatures = new float[rows];
    float[] biases = new float[rows];
    long[] seeds = new long[rows];
    float[] codes = new float[rows * properties.latent()];
    for (int i = 0; i < rows; i++) {
      SampleRequest request = requests.get(i);
      lengths[i] = request.primed();
      if (request.prime() != null) {
        put(request.prime(), prime, i, longest);
      }
      counts[i] = request.count();
      temperatures[i] = request.temperature();
      biases[i] = request.bias();
      seeds[i] = request.seed();
      put(request.z(), codes, i);
    }
    Map<String, NpyArray> inputs = new LinkedHashMap<>();
    inputs.put("prime", NpyArray.of(prime, rows, longest, PenDrawing.COLUMNS));
    inputs.put("prime_lengths", NpyArray.of(lengths, rows));
    inputs.put("count", NpyArray.of(counts, rows));
    inputs.put("temperature", NpyArray.of(temperatures, rows));
    inputs.put("bias", NpyArray.of(biases, rows));
    inputs.put("seed", NpyArray.of(seeds, rows));
    putLatent(inputs, codes, rows);
    Map<String, NpyArray> answer = caller.call(StrokesSignatures.SAMPLE, inputs);
    return StrokesAnswers.samples(answer, requests);
  }

  /** The means of z that the encoder gives drawings, {@code [drawings][size]}. */
  public float[][] encode(List<PenDrawing> drawings) {
    float[][] codes = new float[drawings.size()][];
    int size = properties.latent();
    for (List<Integer> group : LengthGroups.of(drawings)) {
      float[] means =
          floats(
              caller.call(
                  StrokesSignatures.ENCODE, padded(group.stream().map(drawings::get).toList())),
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
    Map<String, double[]> changes = new LinkedHashMap<>();
    if (properties.traced()) {
      Map<String, NpyArray> inputs = new LinkedHashMap<>();
      inputs.put(
          StrokesSignatures.POINTS,
          NpyArray.of(drawing.rows(), 1, drawing.points(), PenDrawing.COLUMNS));
      float[] codes = new float[properties.latent()];
      put(z, codes, 0);
      putLatent(inputs, codes, 1);
      caller
          .call(StrokesSignatures.TRACE, inputs)
          .forEach(
              (name, values) ->
                  changes.put(
                      name.substring(StrokesSignatures.CHANGE.length()),
                      StrokesAnswers.doubles(values.floats())));
    }
    return changes;
  }

  private static Map<String, NpyArray> padded(List<PenDrawing> drawings) {
    int rows = drawings.size();
    int longest = drawings.stream().mapToInt(PenDrawing::points).max().orElseThrow();
    float[] points = new float[rows * longest * PenDrawing.COLUMNS];
    int[] lengths = new int[rows];
    for (int i = 0; i < rows; i++) {
      put(drawings.get(i), points, i, longest);
      lengths[i] = drawings.get(i).points();
    }
    return Map.of(
        StrokesSignatures.POINTS,
        NpyArray.of(points, rows, longest, PenDrawing.COLUMNS),
        StrokesSignatures.LENGTHS,
        NpyArray.of(lengths, rows));
  }

  private static void put(PenDrawing drawing, float[] points, int row, int longest) {
    float[] rows = drawing.rows();
    System.arraycopy(rows, 0, points, row * longest * PenDrawing.COLUMNS, rows.length);
  }

  private void put(float @Nullable [] z, float[] codes, int row) {
    int size = properties.latent();
    if ((z == null ? 0 : z.length) != size) {
      throw new IllegalArgumentException(
          (z == null ? 0 : z.length) + " numbers of z for a model that has " + size);
    }
    if (z != null) {
      System.arraycopy(z, 0, codes, row * size, size);
    }
  }

  private void putLatent(Map<String, NpyArray> inputs, float[] codes, int rows) {
    if (properties.latent() > 0) {
      inputs.put(StrokesSignatures.Z, NpyArray.of(codes, rows, properties.latent()));
    }
  }

  private static float[] floats(Map<String, NpyArray> answer, String name) {
    return StrokesAnswers.of(answer, name).floats();
  }

  @Override
  public void close() {
    closing.run();
  }
}
