// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.strokes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.data.StrokeScaling;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.nn.MixtureDensity;
import org.hypernet4j.nn.MixtureSampling;
import org.hypernet4j.zoo.StrokeLatent;
import org.hypernet4j.zoo.StrokeModel;
import org.hypernet4j.zoo.StrokeSampleLoop;
import org.hypernet4j.zoo.StrokeSeries;
import org.hypernet4j.zoo.StrokeTrace;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * The signatures of an exported model of strokes. All tensors are batch-major, rows independent,
 * points {@code dx, dy, pen} in the units of the data: the constants of the normalisation are in
 * the graph. The parts of the state are named {@code state_<part>}, a slash as an underscore.
 *
 * <ul>
 *   <li>{@code serving_default}: {@code points [B, T, 3]} -&gt; the density of the first point, and
 *       of that after each: {@code pi [B, T + 1, K]}, {@code mu} and {@code sigma [B, T + 1, K,
 *       2]}, {@code rho [B, T + 1, K]}, {@code pen [B, T + 1]} for Bernoulli or {@code [B, T + 1,
 *       3]}
 *   <li>{@code initial_state}: {@code point [B, 3]}, of which only the number of rows matters, or
 *       {@code z [B, size]} -&gt; the density of the first point, without a time axis, and the
 *       state
 *   <li>{@code step}: {@code point [B, 3]}, state (and {@code z}) -&gt; the density of the next
 *       point, next state
 *   <li>{@code score}: {@code points [B, T, 3]}, {@code lengths [B]} -&gt; {@code nats}, {@code
 *       nats_offset}, {@code nats_pen}, {@code nats_raw [B]}, {@code point_nats [B, T]}: all but
 *       {@code nats_raw} in normalised units. The pen's end of a drawing, if it has one, is in the
 *       sums and in no point's nats. With a latent vector the decoder knows its mean, and {@code
 *       kl} is what it costs
 *   <li>{@code sample}: {@code prime [B, P, 3]}, {@code prime_lengths}, {@code count}, {@code
 *       temperature}, {@code bias}, {@code seed}, all {@code [B]} (and {@code z}) -&gt; {@code
 *       points [B, N, 3]}, {@code lengths}, {@code ended [B]}, see {@link StrokeSampleLoop}
 *   <li>{@code encode}, with a latent vector: {@code points}, {@code lengths} -&gt; {@code z_mean},
 *       {@code z_logvar [B, size]}
 *   <li>{@code trace}, of a hypernetwork: {@code points} (and {@code z}) -&gt; {@code change_W_h_i}
 *       and so on, {@code [B, T]}: how far the weights of each gate are from those at the point
 *       before, see {@link StrokeTrace}
 * </ul>
 */
final class StrokesSignatures {
  static final String STEP = "step";
  static final String INITIAL_STATE = "initial_state";
  static final String SCORE = "score";
  static final String SAMPLE = "sample";
  static final String ENCODE = "encode";
  static final String TRACE = "trace";
  static final String CHANGE = "change_";
  static final String POINTS = "points";
  static final String POINT = "point";
  static final String LENGTHS = "lengths";
  static final String Z = "z";
  private static final String STATE = "state_";

  private final ParameterScope scope;
  private final StrokeModel model;
  private final MixtureSampling.Law law;
  private final StrokeScaling scaling;

  private StrokesSignatures(
      ParameterScope scope, StrokeModel model, MixtureSampling.Law law, StrokeScaling scaling) {
    this.scope = scope;
    this.model = model;
    this.law = law;
    this.scaling = scaling;
  }

  /** The name of a part of the state in requests and responses: {@code state_main_c}. */
  static String stateName(StatePart part) {
    return STATE + part.name().replace('/', '_');
  }

  /** Whether an input or output is a part of the state. */
  static boolean isState(String alias) {
    return alias.startsWith(STATE);
  }

  /** The signature of a key. */
  static ServingSignature find(List<ServingSignature> signatures, String key) {
    return signatures.stream()
        .filter(signature -> signature.key().equals(key))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no signature '" + key + "'"));
  }

  /**
   * Builds the ops of all signatures.
   *
   * @param root of the parameters; each signature gets a scope of its own below {@code serve}
   * @param law what a temperature multiplies
   * @param scaling the units of the model
   */
  static List<ServingSignature> build(
      ParameterScope root, StrokeModel model, MixtureSampling.Law law, StrokeScaling scaling) {
    StrokesSignatures signatures = new StrokesSignatures(root.child("serve"), model, law, scaling);
    List<ServingSignature> all = new ArrayList<>();
    all.add(signatures.whole());
    all.add(signatures.initialState());
    all.add(signatures.step());
    all.add(signatures.score());
    all.add(signatures.sample());
    StrokeLatent latent = model.latent();
    if (latent != null) {
      all.add(signatures.encode(latent));
    }
    signatures.trace().ifPresent(all::add);
    return all;
  }

  private ServingSignature whole() {
    Ops tf = scope.child(ServingSignature.DEFAULT_KEY).tf();
    Operand<TFloat32> points = input(tf, POINTS, TFloat32.class, -1, -1, 3);
    Operand<TInt32> shape = tf.shape(points);
    Operand<TInt32> batch = tf.gather(shape, tf.constant(0), tf.constant(0));
    Operand<TFloat32> series = timeMajor(tf, scaled(tf, points));
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    inputs.put(POINTS, points);
    Operand<TFloat32> z = null;
    if (model.latent() != null) {
      z = latentInput(tf, model.latent());
      inputs.put(Z, z);
    }
    Operand<TFloat32> read = StrokeSeries.withStart(tf, model.density(), series);
    StrokeModel.Outputs outputs = model.raw(tf, read, z, model.initialState(tf, batch, z), null);
    Operand<TFloat32> raw =
        tf.linalg.transpose(outputs.raw(), tf.constant(new int[] {1, 0, 2})); // [B, T + 1, columns]
    Operand<TFloat32> rows =
        tf.reshape(raw, tf.constant(new int[] {-1, model.density().columns()}));
    Operand<TInt32> leading =
        tf.slice(tf.shape(raw), tf.constant(new int[] {0}), tf.constant(new int[] {2}));
    Map<String, Operand<?>> results = new LinkedHashMap<>();
    density(tf, rows)
        .forEach(
            (name, value) -> {
              Operand<TInt32> own =
                  value.shape().numDimensions() == 1
                      ? leading
                      : tf.concat(
                          List.of(
                              leading,
                              tf.constant(
                                  Arrays.stream(value.shape().asArray())
                                      .skip(1)
                                      .mapToInt(Math::toIntExact)
                                      .toArray())),
                          tf.constant(0));
              results.put(name, tf.reshape(value, own));
            });
    return new ServingSignature(ServingSignature.DEFAULT_KEY, inputs, results);
  }

  private ServingSignature initialState() {
    Ops tf = scope.child(INITIAL_STATE).tf();
    StrokeLatent latent = model.latent();
    Operand<TFloat32> given =
        latent == null ? input(tf, POINT, TFloat32.class, -1, 3) : latentInput(tf, latent);
    Operand<TFloat32> z = latent == null ? null : given;
    Operand<TInt32> batch = tf.gather(tf.shape(given), tf.constant(0), tf.constant(0));
    StrokeModel.Outputs outputs =
        model.step(
            tf,
            StrokeSeries.starts(tf, model.density(), batch),
            z,
            model.initialState(tf, batch, z));
    return new ServingSignature(
        INITIAL_STATE, Map.of(latent == null ? POINT : Z, given), outputs(tf, outputs));
  }

  private ServingSignature step() {
    Ops tf = scope.child(STEP).tf();
    Operand<TFloat32> point = input(tf, POINT, TFloat32.class, -1, 3);
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    inputs.put(POINT, point);
    List<Operand<TFloat32>> state = new ArrayList<>();
    for (StatePart part : model.stateParts()) {
      Operand<TFloat32> one = input(tf, stateName(part), TFloat32.class, -1, part.size());
      state.add(one);
      inputs.put(stateName(part), one);
    }
    Operand<TFloat32> z = null;
    if (model.latent() != null) {
      z = latentInput(tf, model.latent());
      inputs.put(Z, z);
    }
    Operand<TFloat32> read = StrokeSeries.inputs(tf, pen(), scaled(tf, point));
    return new ServingSignature(STEP, inputs, outputs(tf, model.step(tf, read, z, state)));
  }

  private ServingSignature score() {
    Ops tf = scope.child(SCORE).tf();
    Operand<TFloat32> points = input(tf, POINTS, TFloat32.class, -1, -1, 3);
    Operand<TInt32> lengths = input(tf, LENGTHS, TInt32.class, -1);
    StrokeSeries series =
        new StrokeSeries(tf, model.density(), timeMajor(tf, scaled(tf, points)), lengths);
    Operand<TInt32> batch = tf.gather(tf.shape(points), tf.constant(0), tf.constant(0));
    Map<String, Operand<?>> results = new LinkedHashMap<>();
    Operand<TFloat32> z = null;
    if (model.latent() != null) {
      StrokeLatent.Code code = model.latent().encode(tf, series.drawn(tf), series.lengths(), null);
      z = code.mean();
      results.put("kl", code.divergence(tf));
    }
    StrokeModel.Outputs outputs =
        model.raw(tf, series.inputs(), z, model.initialState(tf, batch, z), null);
    StrokeSeries.Nats nats = series.nats(tf, outputs.raw());
    Operand<TInt32> time = tf.constant(0);
    Operand<TFloat32> offsets = tf.reduceSum(nats.offsets(), time);
    Operand<TFloat32> pens = tf.reduceSum(nats.pens(), time);
    Operand<TFloat32> sum = tf.math.add(offsets, pens);
    Operand<TFloat32> drawn =
        tf.slice(nats.pens(), tf.constant(new int[] {0, 0}), tf.shape(nats.offsets()));
    Operand<TFloat32> each = tf.math.add(nats.offsets(), series.ofPoints(tf, drawn));
    Operand<TFloat32> units =
        tf.math.mul(
            tf.dtypes.cast(series.lengths(), TFloat32.class),
            tf.constant((float) scaling.natsPerPoint()));
    results.put("nats", sum);
    results.put("nats_offset", offsets);
    results.put("nats_pen", pens);
    results.put("nats_raw", tf.math.add(sum, units));
    results.put("point_nats", tf.linalg.transpose(each, tf.constant(new int[] {1, 0})));
    return new ServingSignature(
        SCORE, new LinkedHashMap<>(Map.of(POINTS, points, LENGTHS, lengths)), results);
  }

  private ServingSignature sample() {
    Ops tf = scope.child(SAMPLE).tf();
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    Operand<TFloat32> prime = input(tf, "prime", TFloat32.class, -1, -1, 3);
    inputs.put("prime", prime);
    Operand<TInt32> lengths = input(tf, "prime_lengths", TInt32.class, -1);
    inputs.put("prime_lengths", lengths);
    Operand<TInt32> count = input(tf, "count", TInt32.class, -1);
    inputs.put("count", count);
    Operand<TFloat32> temperature = input(tf, "temperature", TFloat32.class, -1);
    inputs.put("temperature", temperature);
    Operand<TFloat32> bias = input(tf, "bias", TFloat32.class, -1);
    inputs.put("bias", bias);
    Operand<TInt64> seed = input(tf, "seed", TInt64.class, -1);
    inputs.put("seed", seed);
    Operand<TFloat32> z = null;
    if (model.latent() != null) {
      z = latentInput(tf, model.latent());
      inputs.put(Z, z);
    }
    StrokeSampleLoop.Drawn drawn =
        StrokeSampleLoop.build(
            tf,
            model,
            law,
            new StrokeSampleLoop.Request(
                scaled(tf, prime), lengths, count, temperature, bias, seed, z));
    Operand<TFloat32> points = drawn.points();
    Operand<TInt32> places =
        tf.range(
            tf.constant(0),
            tf.gather(tf.shape(points), tf.constant(1), tf.constant(0)),
            tf.constant(1));
    Operand<TFloat32> units =
        tf.math.add(
            tf.math.mul(points, deviations(tf)), means(tf)); // dx, dy in the units of the data
    Map<String, Operand<?>> results = new LinkedHashMap<>();
    results.put(
        POINTS,
        tf.select(
            tf.expandDims(
                tf.math.less(places, tf.expandDims(drawn.lengths(), tf.constant(1))),
                tf.constant(2)),
            units,
            tf.zerosLike(units)));
    results.put(LENGTHS, drawn.lengths());
    results.put("ended", drawn.ended());
    return new ServingSignature(SAMPLE, inputs, results);
  }

  private ServingSignature encode(StrokeLatent latent) {
    Ops tf = scope.child(ENCODE).tf();
    Operand<TFloat32> points = input(tf, POINTS, TFloat32.class, -1, -1, 3);
    Operand<TInt32> lengths = input(tf, LENGTHS, TInt32.class, -1);
    StrokeSeries series =
        new StrokeSeries(tf, model.density(), timeMajor(tf, scaled(tf, points)), lengths);
    StrokeLatent.Code code = latent.encode(tf, series.drawn(tf), series.lengths(), null);
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    inputs.put(POINTS, points);
    inputs.put(LENGTHS, lengths);
    Map<String, Operand<?>> results = new LinkedHashMap<>();
    results.put("z_mean", code.mean());
    results.put("z_logvar", code.logvar());
    return new ServingSignature(ENCODE, inputs, results);
  }

  private Optional<ServingSignature> trace() {
    Ops tf = scope.child(TRACE).tf();
    Operand<TFloat32> points = input(tf, POINTS, TFloat32.class, -1, -1, 3);
    Map<String, Operand<?>> inputs = new LinkedHashMap<>();
    inputs.put(POINTS, points);
    Operand<TFloat32> z = null;
    if (model.latent() != null) {
      z = latentInput(tf, model.latent());
      inputs.put(Z, z);
    }
    Map<String, Operand<?>> results = new LinkedHashMap<>();
    StrokeTrace.changes(tf, model, timeMajor(tf, scaled(tf, points)), z)
        .forEach(
            (name, change) ->
                results.put(
                    CHANGE + name, tf.linalg.transpose(change, tf.constant(new int[] {1, 0}))));
    return results.isEmpty()
        ? Optional.empty()
        : Optional.of(new ServingSignature(TRACE, inputs, results));
  }

  private MixtureDensity.Pen pen() {
    return model.density().settings().pen();
  }

  /** The density of a step and the state after it. */
  private Map<String, Operand<?>> outputs(Ops tf, StrokeModel.Outputs step) {
    Map<String, Operand<?>> outputs = new LinkedHashMap<>(density(tf, step.raw()));
    for (int i = 0; i < model.stateParts().size(); i++) {
      outputs.put(stateName(model.stateParts().get(i)), step.state().get(i));
    }
    return outputs;
  }

  /** The parameters of the density of each row, in the units of the data. */
  private Map<String, Operand<TFloat32>> density(Ops tf, Operand<TFloat32> raw) {
    MixtureDensity.Parameters parameters = model.density().parameters(tf, raw);
    Map<String, Operand<TFloat32>> outputs = new LinkedHashMap<>();
    Operand<TFloat32> sd = tf.constant(new float[] {scaling.sdX(), scaling.sdY()});
    Operand<TFloat32> mean = tf.constant(new float[] {scaling.meanX(), scaling.meanY()});
    outputs.put("pi", parameters.pi());
    outputs.put("mu", tf.math.add(tf.math.mul(parameters.mu(), sd), mean));
    outputs.put("sigma", tf.math.mul(parameters.sigma(), sd));
    outputs.put("rho", parameters.rho());
    outputs.put("pen", Objects.requireNonNull(parameters.pen()));
    return outputs;
  }

  /** Rows {@code dx, dy, pen} in normalised units. */
  private Operand<TFloat32> scaled(Ops tf, Operand<TFloat32> rows) {
    return tf.math.div(tf.math.sub(rows, means(tf)), deviations(tf));
  }

  private Operand<TFloat32> means(Ops tf) {
    return tf.constant(new float[] {scaling.meanX(), scaling.meanY(), 0});
  }

  private Operand<TFloat32> deviations(Ops tf) {
    return tf.constant(new float[] {scaling.sdX(), scaling.sdY(), 1});
  }

  private static Operand<TFloat32> timeMajor(Ops tf, Operand<TFloat32> rows) {
    return tf.linalg.transpose(rows, tf.constant(new int[] {1, 0, 2}));
  }

  private static Operand<TFloat32> latentInput(Ops tf, @Nullable StrokeLatent latent) {
    return input(tf, Z, TFloat32.class, -1, Objects.requireNonNull(latent).size());
  }

  private static <T extends TType> Operand<T> input(
      Ops tf, String name, Class<T> type, long... shape) {
    return tf.withName(name).placeholder(type, Placeholder.shape(Shape.of(shape)));
  }
}
