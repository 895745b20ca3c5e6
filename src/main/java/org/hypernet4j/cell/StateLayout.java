// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.hypernet4j.error.UserError;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The layout of a cell's state, a record with named parts, as a list of tensors: the form that
 * loops carry and exported models take.
 *
 * <pre>{@code
 * StateLayout<LstmState> layout =
 *     StateLayout.pair(
 *         StateLayout.part("c", units), StateLayout.part("h", units),
 *         LstmState::new, LstmState::c, LstmState::h);
 * }</pre>
 *
 * @param <S> the state
 */
public final class StateLayout<S> {
  private final List<StatePart> parts;
  private final Function<List<Operand<TFloat32>>, S> state;
  private final Function<S, List<Operand<TFloat32>>> tensors;

  private StateLayout(
      List<StatePart> parts,
      Function<List<Operand<TFloat32>>, S> state,
      Function<S, List<Operand<TFloat32>>> tensors) {
    this.parts = List.copyOf(parts);
    this.state = state;
    this.tensors = tensors;
    if (parts.stream().map(StatePart::name).distinct().count() < parts.size()) {
      throw UserError.in("state of a cell")
          .what("two parts have one name")
          .expected("a name for each part")
          .received(parts.stream().map(StatePart::name).collect(Collectors.joining(", ")))
          .next("put the parts of one of them below a scope, with below(...)")
          .build();
    }
  }

  /** A state that is one tensor, {@code [batch, size]}; see {@link #as} for a record around it. */
  public static StateLayout<Operand<TFloat32>> part(String name, int size) {
    return new StateLayout<>(List.of(new StatePart(name, size)), all -> all.get(0), List::of);
  }

  /**
   * A state of two halves, each a part or a state of its own.
   *
   * @param state makes the state from both
   * @param first returns the first half of a state
   */
  public static <A, B, S> StateLayout<S> pair(
      StateLayout<A> one,
      StateLayout<B> two,
      BiFunction<A, B, S> state,
      Function<S, A> first,
      Function<S, B> second) {
    List<StatePart> parts = joined(one.parts, two.parts);
    int size = one.parts.size();
    return new StateLayout<>(
        parts,
        all ->
            state.apply(one.state(all.subList(0, size)), two.state(all.subList(size, all.size()))),
        s -> joined(one.tensors(first.apply(s)), two.tensors(second.apply(s))));
  }

  /**
   * Any number of parts.
   *
   * @param state makes the state from a tensor for each part
   * @param tensors returns the tensors of a state, in the same order
   */
  public static <S> StateLayout<S> of(
      List<StatePart> parts,
      Function<List<Operand<TFloat32>>, S> state,
      Function<S, List<Operand<TFloat32>>> tensors) {
    return new StateLayout<>(parts, state, tensors);
  }

  /** A layout of the same parts whose state is wrapped in a record or another type. */
  public <R> StateLayout<R> as(Function<S, R> around, Function<R, S> inside) {
    return new StateLayout<>(
        parts, all -> around.apply(state(all)), record -> tensors(inside.apply(record)));
  }

  /** The same layout with names below a scope: {@code scope/h}. */
  public StateLayout<S> below(String scope) {
    return new StateLayout<>(
        parts.stream().map(part -> part.below(scope)).toList(), state, tensors);
  }

  /** Names and sizes, in the order of {@link #tensors}. */
  public List<StatePart> parts() {
    return parts;
  }

  /**
   * Puts a state together from a tensor {@code [batch, size]} for each part.
   *
   * @throws UserError if there is not one tensor for each part
   */
  public S state(List<? extends Operand<TFloat32>> all) {
    if (all.size() != parts.size()) {
      throw UserError.in("state of a cell")
          .what("the number of tensors is not the number of parts")
          .expected("a tensor for each of " + parts.stream().map(StatePart::name).toList())
          .received(all.size())
          .next("pass the tensors in the order of parts()")
          .build();
    }
    return state.apply(List.copyOf(all));
  }

  /** Takes a state apart. */
  public List<Operand<TFloat32>> tensors(S of) {
    return tensors.apply(of);
  }

  /**
   * A state of zeros.
   *
   * @param batch number of sequences: a scalar, or {@code [1]} as {@code tf.shape.size(x, axis)}
   *     returns it
   * @throws UserError if it has another shape
   */
  public S zeros(Ops tf, Operand<TInt32> batch) {
    Shape shape = batch.shape();
    if (shape.numDimensions() > 1 || (shape.numDimensions() == 1 && shape.size() > 1)) {
      throw UserError.in("zeroState")
          .what("the batch is not one number")
          .expected("a scalar, or [1]")
          .received("a tensor " + shape)
          .next("take the size of the batch's axis, not the shape of the input")
          .build();
    }
    // a scalar is used unchanged, so that graphs equal those of earlier builds
    Operand<TInt32> one = shape.numDimensions() == 1 ? tf.squeeze(batch) : batch;
    List<Operand<TFloat32>> zeros = new ArrayList<>();
    for (StatePart part : parts) {
      zeros.add(tf.fill(tf.stack(List.of(one, tf.constant(part.size()))), tf.constant(0f)));
    }
    return state(zeros);
  }

  private static <T> List<T> joined(List<T> one, List<T> two) {
    List<T> all = new ArrayList<>(one);
    all.addAll(two);
    return all;
  }
}
