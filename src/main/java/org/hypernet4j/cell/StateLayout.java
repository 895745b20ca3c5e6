// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.hypernet4j.error.UserError;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * How a cell's state, a record with named parts, is laid out as a list of tensors: what loops carry
 * and exported models take.
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
   * @param state makes it from both
   * @param first takes the first out of it again
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
   * @param tensors takes them out of it again, in the same order
   */
  public static <S> StateLayout<S> of(
      List<StatePart> parts,
      Function<List<Operand<TFloat32>>, S> state,
      Function<S, List<Operand<TFloat32>>> tensors) {
    return new StateLayout<>(parts, state, tensors);
  }

  /** The same parts in a record, or anything else, around the state. */
  public <R> StateLayout<R> as(Function<S, R> around, Function<R, S> inside) {
    return new StateLayout<>(
        parts, all -> around.apply(state(all)), record -> tensors(inside.apply(record)));
  }

  /** The same state with names below a scope: {@code scope/h}. */
  public StateLayout<S> below(String scope) {
    return new StateLayout<>(
        parts.stream().map(part -> part.below(scope)).toList(), state, tensors);
  }

  /** Names and sizes, in the order of {@link #tensors}. */
  public List<StatePart> parts() {
    return parts;
  }

  /** Puts a state together from a tensor {@code [batch, size]} for each part. */
  public S state(List<? extends Operand<TFloat32>> all) {
    return state.apply(List.copyOf(all));
  }

  /** Takes a state apart. */
  public List<Operand<TFloat32>> tensors(S of) {
    return tensors.apply(of);
  }

  /**
   * A state of zeros.
   *
   * @param batch a scalar
   */
  public S zeros(Ops tf, Operand<TInt32> batch) {
    List<Operand<TFloat32>> zeros = new ArrayList<>();
    for (StatePart part : parts) {
      zeros.add(tf.fill(tf.stack(List.of(batch, tf.constant(part.size()))), tf.constant(0f)));
    }
    return state(zeros);
  }

  private static <T> List<T> joined(List<T> one, List<T> two) {
    List<T> all = new ArrayList<>(one);
    all.addAll(two);
    return all;
  }
}
