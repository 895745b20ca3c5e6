// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.List;
import java.util.Objects;
import org.hypernet4j.cell.CellShapes;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.SoftWindowCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.cell.TextReadingCell;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.graph.internal.Loop;
import org.hypernet4j.nn.Dropout;
import org.hypernet4j.nn.MixtureDensity;
import org.hypernet4j.unroll.ScanOptions;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Models of pen strokes: recurrent layers that read a point and predict a {@link MixtureDensity} of
 * the next one (HyperNetworks, section 4.5; Graves, arXiv:1308.0850, section 4; with a latent
 * vector Ha and Eck, arXiv:1704.03477; with a window through which they read a text Graves, section
 * 5). Sequences are time-major: T steps of B drawings, in normalised units.
 *
 * <p>An input is a row {@code dx, dy, lifted} for a Bernoulli pen, {@code dx, dy, down, up, end}
 * for a pen of three states; {@link StrokeSeries} makes both from drawings.
 *
 * <p>Parameters: {@code cell/...} of the cell, or {@code cell/layerK/...} of each of several;
 * {@code output/kernel [N_h, columns]} and {@code output/bias [columns]}, both Glorot uniform at
 * first; those of {@link StrokeLatent}.
 *
 * <p>State is passed as the list of its parts, {@code [B, size]} each, in the order of {@link
 * #stateParts}.
 */
public final class StrokeModel {
  static final String WHERE = "stroke model";

  private final @Nullable SoftWindowCell window;
  private final @Nullable TextReadingCell writer;
  private final @Nullable PartsCell<?> reader;
  private final MixtureDensity density;
  private final Keep keep;
  private final KeptShares shares;
  private final @Nullable StrokeLatent latent;
  private final MixtureOutput output;

  /**
   * The results of steps.
   *
   * @param raw columns of the density, {@code [T, B, columns]}, of one step {@code [B, columns]}
   * @param state parts of the state after the last step
   */
  public record Outputs(Operand<TFloat32> raw, List<Operand<TFloat32>> state) {
    /** Copies the list. */
    public Outputs {
      state = List.copyOf(state);
    }
  }

  /**
   * Creates the parameters of the output layer.
   *
   * @param scope of the whole model
   * @param cell or a stack of them, with its parameters below {@code cell} in the same scope; its
   *     input is a point, with the latent vector behind it if there is one
   * @param density with a pen
   * @param keep dropout in the places that the cell has
   * @param latent encoder and latent vector, or null
   * @throws UserError if the cell does not read such inputs, the density has no pen, or there is no
   *     place for some dropout
   */
  public StrokeModel(
      ParameterScope scope,
      RnnCell<?> cell,
      MixtureDensity density,
      Keep keep,
      @Nullable StrokeLatent latent) {
    this.window = null;
    this.writer = null;
    this.reader = PartsCell.of(WHERE, cell);
    this.density = density;
    this.keep = keep;
    this.shares = new KeptShares(WHERE, cell, keep);
    this.latent = latent;
    requireFits(cell.inputSize(), latent == null ? 0 : latent.size());
    this.output = MixtureOutput.of(scope.child("output"), cell.outputSize(), density.columns());
  }

  private StrokeModel(
      ParameterScope scope, SoftWindowCell window, MixtureDensity density, Keep keep) {
    this.window = window;
    this.writer = null;
    this.reader = null;
    this.density = density;
    this.keep = keep;
    this.shares = new KeptShares(WHERE, window.stateLayout().parts(), window.maskParts(), keep);
    this.latent = null;
    requireFits(window.inputSize(), 0);
    this.output = MixtureOutput.of(scope.child("output"), window.outputSize(), density.columns());
  }

  private StrokeModel(StrokeModel model, TextReadingCell writer) {
    this.window = model.window;
    this.writer = writer;
    this.reader = PartsCell.of(WHERE, writer);
    this.density = model.density;
    this.keep = model.keep;
    this.shares = model.shares;
    this.latent = null;
    this.output = model.output;
  }

  /**
   * A model that writes a given text (Graves, section 5). Before it reads points it is told the
   * texts, with {@link #reading}.
   *
   * @param scope of the whole model
   * @param window the layers and their window, with its parameters below {@code cell} in the same
   *     scope; its input is a point
   * @param density with a pen
   * @param keep dropout in the places that the cell has
   * @throws UserError as the constructor
   */
  public static StrokeModel writing(
      ParameterScope scope, SoftWindowCell window, MixtureDensity density, Keep keep) {
    return new StrokeModel(scope, window, density, keep);
  }

  /**
   * This model with the texts that a batch of drawings says. It shares all parameters.
   *
   * @param characters the label of each character, {@code [B, U]}, from 0 to C - 1; any other
   *     number is a character that says nothing
   * @param lengths characters of each text, {@code [B]}, from 0 to U; what is past them has no
   *     influence
   * @throws UserError if the model has no window
   */
  public StrokeModel reading(Ops tf, Operand<TInt32> characters, Operand<TInt32> lengths) {
    if (window == null) {
      throw UserError.in(WHERE)
          .what("the model has no window to read a text through")
          .expected("no text")
          .received("a text")
          .next("build it with StrokeModel.writing")
          .build();
    }
    return new StrokeModel(this, window.readingIds(tf, characters, lengths));
  }

  private void requireFits(int cellInputs, int latentSize) {
    if (density.settings().pen() == MixtureDensity.Pen.NONE) {
      throw UserError.in(WHERE)
          .what("the density has no pen")
          .expected("BERNOULLI or THREE_WAY")
          .received(density.settings().pen())
          .build();
    }
    int inputs = pointColumns() + latentSize;
    if (cellInputs != inputs) {
      throw UserError.in(WHERE)
          .what("the cell reads inputs of another size")
          .expected(inputs)
          .received(cellInputs)
          .build();
    }
  }

  /** Columns of an input point: 3 for a Bernoulli pen, 5 for one of three states. */
  public int pointColumns() {
    return pointColumns(density.settings().pen());
  }

  /** Columns of an input point for a pen. */
  public static int pointColumns(MixtureDensity.Pen pen) {
    return pen == MixtureDensity.Pen.BERNOULLI ? 3 : 5;
  }

  /** The density of the next point. */
  public MixtureDensity density() {
    return density;
  }

  /** Encoder and latent vector; null for a model without. */
  public @Nullable StrokeLatent latent() {
    return latent;
  }

  /** Labels of characters that the model's window reads; 0 for a model without a window. */
  public int characters() {
    return window == null ? 0 : window.settings().characters();
  }

  /** The cell or stack. */
  RnnCell<?> cell() {
    return reader().cell();
  }

  /** The cell that reads the texts; null for a model without a window. */
  @Nullable TextReadingCell writer() {
    return window == null ? null : Objects.requireNonNull(writer, "reading");
  }

  private PartsCell<?> reader() {
    if (reader == null) {
      throw UserError.in(WHERE)
          .what("the text is missing")
          .expected("texts, as the model has a window to read them")
          .received("none")
          .next("call reading(tf, characters, lengths), and use the model that it returns")
          .build();
    }
    return reader;
  }

  /** The parts of the state. */
  public List<StatePart> stateParts() {
    return window == null ? reader().parts() : window.stateLayout().parts();
  }

  /**
   * The state before the first point: zeros, or made from the latent vector.
   *
   * @param batch B, a scalar
   * @param z {@code [B, size]} for a model with a latent vector, otherwise null
   */
  public List<Operand<TFloat32>> initialState(
      Ops tf, Operand<TInt32> batch, @Nullable Operand<TFloat32> z) {
    requireLatent(z);
    return latent == null || z == null
        ? reader().zeroState(tf, batch)
        : latent.initialState(tf, z, stateParts());
  }

  /**
   * Reads points and predicts, after each, the density of the next. All T steps are computed; the
   * caller replaces padding before, see {@link StrokeSeries}.
   *
   * @param points {@code [T, B, pointColumns]}
   * @param z {@code [B, size]} for a model with a latent vector, otherwise null
   * @param state parts of the state before the first step
   * @param training decides the dropout; null for none, and then no gradient can be taken
   */
  public Outputs raw(
      Ops tf,
      Operand<TFloat32> points,
      @Nullable Operand<TFloat32> z,
      List<Operand<TFloat32>> state,
      @Nullable TrainingStep training) {
    Shapes.require(WHERE, "points", points, -1, -1, pointColumns());
    PartsCell<?> parts = reader();
    parts.requireState(state);
    requireLatent(z);
    Operand<TInt64> size =
        tf.slice(
            tf.shape(points, TInt64.class),
            tf.constant(new int[] {0}),
            tf.constant(new int[] {2})); // T, B
    Operand<TFloat32> x = z == null ? points : withLatent(tf, points, z);
    ScanOptions options =
        training == null
            ? ScanOptions.inference()
            : ScanOptions.training()
                .withMasks(parts.masks(tf, size, shares, training))
                .withXla(training.xla());
    PartsCell.Outputs sequence = parts.scan(tf, x, state, options);
    Operand<TFloat32> outputs = sequence.outputs();
    if (training != null) {
      outputs =
          new Dropout((float) keep.output(), training.seed(), WHERE + "/output")
              .apply(tf, outputs, training.step());
    }
    Operand<TFloat32> rows =
        tf.reshape(outputs, tf.constant(new long[] {-1, parts.cell().outputSize()})); // [T B, N_h]
    Operand<TFloat32> raw = output.apply(tf, rows);
    Operand<TInt64> shape =
        tf.concat(List.of(size, tf.constant(new long[] {density.columns()})), tf.constant(0));
    return new Outputs(tf.reshape(raw, shape), sequence.state());
  }

  /** The latent vector behind every point. */
  static Operand<TFloat32> withLatent(Ops tf, Operand<TFloat32> points, Operand<TFloat32> z) {
    Operand<TInt32> time =
        tf.slice(tf.shape(points), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
    Operand<TInt32> steps = tf.concat(List.of(time, tf.constant(new int[] {1, 1})), tf.constant(0));
    // repeated by a sum: where oneDNN lacks int32, the gradient of a tile prints an error
    Operand<TFloat32> all =
        tf.math.add(
            tf.fill(steps, tf.constant(0f)), tf.expandDims(z, tf.constant(0))); // [T, B, size]
    return tf.concat(List.of(points, all), tf.constant(2));
  }

  /**
   * One step.
   *
   * @param points {@code [B, pointColumns]}
   * @param z {@code [B, size]} for a model with a latent vector, otherwise null
   * @param state parts of the state before the step, {@code [B, size]}; a row for each point
   */
  public Outputs step(
      Ops tf,
      Operand<TFloat32> points,
      @Nullable Operand<TFloat32> z,
      List<Operand<TFloat32>> state) {
    Shapes.require(WHERE, "points", points, -1, pointColumns());
    reader().requireState(state);
    requireLatent(z);
    long batch = points.shape().isUnknown() ? -1 : points.shape().get(0);
    Operand<TInt32> rows =
        tf.slice(tf.shape(points), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
    List<Operand<TFloat32>> checked =
        CellShapes.require(tf, WHERE, "state", stateParts(), state, () -> rows, batch);
    return step(
        tf,
        CellValues.forOneStep(tf),
        output,
        z == null ? points : tf.concat(List.of(points, z), tf.constant(1)),
        checked);
  }

  /**
   * {@link #step} in the body of a loop, which receives the tensors that the step reads.
   *
   * @param tf the ops of the graph around the loop
   * @param points {@code [B, pointColumns]}, in the body
   * @param z in the body, or null
   */
  Outputs stepInLoop(
      Ops tf,
      Loop loop,
      Operand<TFloat32> points,
      @Nullable Operand<TFloat32> z,
      List<? extends Operand<TFloat32>> state) {
    Ops body = loop.body();
    return step(
        body,
        CellValues.make(tf).inLoop(loop::invariant),
        output.in(loop),
        z == null ? points : body.concat(List.of(points, z), body.constant(1)),
        state);
  }

  /**
   * Whether each drawing has said its text, in the body of a loop: the window is behind it.
   *
   * @param state after a step, in the body
   * @return {@code [B]}; null for a model without a window
   */
  @Nullable Operand<TBool> finishedInLoop(
      Ops tf, Loop loop, List<? extends Operand<TFloat32>> state) {
    TextReadingCell text = writer();
    return text == null
        ? null
        : text.finished(
            loop.body(),
            CellValues.make(tf).inLoop(loop::invariant),
            text.stateLayout().state(List.copyOf(state)));
  }

  private Outputs step(
      Ops tf,
      CellValues values,
      MixtureOutput layer,
      Operand<TFloat32> x,
      List<? extends Operand<TFloat32>> state) {
    PartsCell<?> parts = reader();
    PartsCell.Outputs step = parts.step(tf, values, parts.cell().project(tf, values, x), state);
    return new Outputs(layer.apply(tf, step.outputs()), step.state());
  }

  private void requireLatent(@Nullable Operand<TFloat32> z) {
    if ((z == null) != (latent == null)) {
      throw UserError.in(WHERE)
          .what(z == null ? "the latent vector is missing" : "the model has no latent vector")
          .expected(latent == null ? "no z" : "z [batch, " + latent.size() + "]")
          .received(z == null ? "none" : Shapes.describe(z.shape().asArray()))
          .build();
    }
    if (z != null && latent != null) {
      Shapes.require(WHERE, "z", z, -1, latent.size());
    }
  }
}
