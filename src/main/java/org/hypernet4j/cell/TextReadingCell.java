// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A {@link SoftWindowCell} together with the texts that a batch reads.
 *
 * <p>The methods that tell where it reads take a state after a step, and the values of the graph
 * they are called in: {@code CellValues.make(tf)} outside of a loop, the loop's own inside. Parts
 * of the state may have axes in front of {@code [batch, size]}: those that a scan of a {@link
 * StateOutputCell} has put side by side give the whole alignment at once.
 */
public final class TextReadingCell implements RnnCell<SoftWindowState> {
  private final SoftWindowCell cell;
  private final Layers layers;
  private final SoftWindow window;
  private final BoundText text;
  private final List<JoinedInput> inputs = new ArrayList<>();

  TextReadingCell(SoftWindowCell cell, Layers layers, SoftWindow window, BoundText text) {
    this.cell = cell;
    this.layers = layers;
    this.window = window;
    this.text = text;
    for (int i = 0; i < layers.size(); i++) {
      List<Integer> inside = new ArrayList<>();
      if (cell.settings().readsWindow(i)) {
        inside.add(cell.settings().characters());
      }
      if (i > 0) {
        inside.add(layers.get(i - 1).outputSize());
      }
      inputs.add(
          new JoinedInput(
              layers.get(i),
              cell.settings().readsInput(i) ? cell.inputSize() : 0,
              inside.stream().mapToInt(size -> size).toArray()));
    }
  }

  @Override
  public String where() {
    return SoftWindowCell.WHERE;
  }

  @Override
  public int inputSize() {
    return cell.inputSize();
  }

  @Override
  public int outputSize() {
    return cell.outputSize();
  }

  @Override
  public StateLayout<SoftWindowState> stateLayout() {
    return cell.stateLayout();
  }

  @Override
  public List<StatePart> maskParts() {
    return layers.maskParts();
  }

  @Override
  public List<StatePart> projectionParts() {
    List<StatePart> parts = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      parts.addAll(inputs.get(i).projectionParts("layer" + i));
    }
    parts.addAll(window.projectionParts());
    return parts;
  }

  @Override
  public List<Operand<TFloat32>> project(Ops tf, CellValues values, Operand<TFloat32> x) {
    List<Operand<TFloat32>> all = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      all.addAll(inputs.get(i).project(tf, layers.below(values, i), x));
    }
    all.addAll(window.project(tf, values, x));
    return all;
  }

  @Override
  public List<Operand<TFloat32>> projectOneHot(Ops tf, CellValues values, Operand<TInt32> ids) {
    List<Operand<TFloat32>> all = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      all.addAll(inputs.get(i).projectOneHot(tf, layers.below(values, i), ids));
    }
    all.addAll(window.projectOneHot(tf, values, ids));
    return all;
  }

  @Override
  public CellStep<SoftWindowState> advance(
      Ops tf,
      CellValues values,
      List<Operand<TFloat32>> projected,
      SoftWindowState state,
      List<Operand<TFloat32>> masks) {
    CellShapes.require(this, projected, state, masks);
    requireText(CellShapes.rows(projected));
    Step step = new Step(tf, values, projected, state);
    Layers.Step ran = layers.step(tf, values, state.layers(), masks, step::input, null);
    SoftWindow.Read read = step.read(ran.outputs().get(0));
    Operand<TFloat32> output =
        cell.settings().allLayersOut() && layers.size() > 1
            ? tf.concat(ran.outputs(), tf.constant(1))
            : ran.outputs().get(layers.size() - 1);
    return new CellStep<>(
        output,
        new SoftWindowState(ran.state(), read.alpha(), read.beta(), read.kappa(), read.w()));
  }

  @Override
  public List<DynamicWeight> dynamicWeights(
      Ops tf, CellValues values, List<Operand<TFloat32>> projected, SoftWindowState state) {
    List<DynamicWeight> all = new ArrayList<>();
    Step step = new Step(tf, values, projected, state);
    layers.step(tf, values, state.layers(), List.of(), step::input, all);
    return all;
  }

  private void requireText(long rows) {
    if (rows >= 0 && text.rows() >= 0 && rows != text.rows()) {
      throw UserError.in(where())
          .what("there is not one text for each sequence")
          .expected(rows + ", the sequences of the batch")
          .received(text.rows() + " texts")
          .next("repeat a text that several sequences read")
          .build();
    }
  }

  /** A step underway: its window is formed once, from the first layer's output. */
  private final class Step {
    private final Ops tf;
    private final CellValues values;
    private final List<Operand<TFloat32>> projected;
    private final SoftWindowState before;
    private SoftWindow.@Nullable Read read;

    Step(Ops tf, CellValues values, List<Operand<TFloat32>> projected, SoftWindowState before) {
      this.tf = tf;
      this.values = values;
      this.projected = projected;
      this.before = before;
    }

    /** The projections of a layer. */
    List<Operand<TFloat32>> input(int layer, @Nullable Operand<TFloat32> below) {
      List<Operand<TFloat32>> inside = new ArrayList<>();
      if (layer == 0) {
        if (cell.settings().readsWindow(0)) {
          inside.add(before.w());
        }
      } else {
        Operand<TFloat32> h = Objects.requireNonNull(below);
        Operand<TFloat32> w = layer == 1 ? read(h).w() : Objects.requireNonNull(read).w();
        if (cell.settings().readsWindow(layer)) {
          inside.add(w);
        }
        inside.add(h);
      }
      int from = 0;
      for (int i = 0; i < layer; i++) {
        from += inputs.get(i).projectionParts("").size();
      }
      List<Operand<TFloat32>> own =
          projected.subList(from, from + inputs.get(layer).projectionParts("").size());
      return inputs.get(layer).join(tf, layers.below(values, layer), own, inside);
    }

    SoftWindow.Read read(Operand<TFloat32> h) {
      SoftWindow.Read made = read;
      if (made == null) {
        int parts = window.projectionParts().size();
        List<Operand<TFloat32>> own = projected.subList(projected.size() - parts, projected.size());
        made = window.read(tf, values, text, own, h, before);
        read = made;
      }
      return made;
    }
  }

  /**
   * How much of each character the last step has read: the alignment of writing and text.
   *
   * @return {@code [batch, U]}, 0 past a text's end
   */
  public Operand<TFloat32> phi(Ops tf, CellValues values, SoftWindowState state) {
    Operand<TFloat32> all = tf.math.exp(window.logPhi(tf, values, text, state)); // U + 1
    Operand<TFloat32> shown = tf.select(upTo(tf, values, -1), all, tf.constant(0f));
    Operand<TInt32> rank = tf.rank(shown);
    Operand<TInt32> last =
        tf.oneHot(tf.math.sub(rank, tf.constant(1)), rank, tf.constant(1), tf.constant(0));
    return tf.slice(shown, tf.zerosLike(last), tf.math.sub(tf.shape(shown), last));
  }

  /**
   * Graves' rule for the end: whether the last step has read the place behind the text more than
   * any character, {@code phi(U + 1) > phi(u)} for all u up to U.
   *
   * @return {@code [batch]}; false before the first step
   */
  public Operand<TBool> finished(Ops tf, CellValues values, SoftWindowState state) {
    Operand<TFloat32> all = window.logPhi(tf, values, text, state);
    Operand<TFloat32> none = tf.constant(Float.NEGATIVE_INFINITY);
    Operand<TInt32> last = tf.constant(-1);
    Operand<TFloat32> characters = tf.select(upTo(tf, values, -1), all, none);
    Operand<TFloat32> upToBehind = tf.select(upTo(tf, values, 0), all, none);
    return tf.math.greater(tf.max(upToBehind, last), tf.max(characters, last));
  }

  /**
   * The character that the last step has read most, counted from 0; the length of the text for the
   * place behind it.
   *
   * @return {@code [batch]}
   */
  public Operand<TInt32> character(Ops tf, CellValues values, SoftWindowState state) {
    Operand<TFloat32> all =
        tf.select(
            upTo(tf, values, 0),
            window.logPhi(tf, values, text, state),
            tf.constant(Float.NEGATIVE_INFINITY));
    return tf.math.argMax(all, tf.constant(-1), TInt32.class);
  }

  /** Whether a place is a character, or with {@code more} 0 also the one behind: [batch, U + 1]. */
  private Operand<TBool> upTo(Ops tf, CellValues values, int more) {
    Operand<TInt32> places =
        tf.range(
            tf.constant(0),
            tf.math.add(
                tf.squeeze(BoundText.size(tf, text.vectors(tf, values), 1)), tf.constant(1)),
            tf.constant(1));
    return tf.math.lessEqual(
        tf.dtypes.cast(places, TFloat32.class),
        tf.expandDims(
            tf.math.add(text.lengths(tf, values), tf.constant((float) more)), tf.constant(1)));
  }
}
