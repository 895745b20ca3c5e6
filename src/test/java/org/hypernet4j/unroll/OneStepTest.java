// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.hypernet4j.cell.CellStep;
import org.hypernet4j.cell.CellValues;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.fixtures.Cells;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A single step reads its weights in another way than a loop does, and ids instead of vectors. */
class OneStepTest {
  private static final int[] IDS = {2, 0, 1, 2, 2}; // a batch of five
  private static final float[][] ONE_HOT = {{0, 0, 1}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, 0, 1}};

  @ParameterizedTest
  @EnumSource
  void givesWhatTheStepOfALoopGives(Cells cells) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 3L);
      List<Operand<TFloat32>> all = results(store.root().tf(), cells.make(store.root()));
      store.initialize(session);
      Random random = new Random(5);
      Map<String, float[]> values = ParameterValues.read(session, store.model());
      values.forEach(
          (name, array) -> {
            for (int i = 0; i < array.length; i++) {
              array[i] += (float) (0.4 * random.nextGaussian());
            }
          });
      ParameterValues.assign(session, store, values);
      Session.Runner runner = session.runner();
      all.forEach(runner::fetch);
      try (Result result = runner.run()) {
        int number = all.size() / 3;
        for (int i = 0; i < number; i++) {
          float[] inLoop = floats((TFloat32) result.get(i));
          for (int way = 1; way < 3; way++) {
            assertThat(floats((TFloat32) result.get(way * number + i)))
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(inLoop);
          }
        }
      }
    }
  }

  /** Output and state: as in a loop, by {@link RnnCell#step}, and with ids. */
  private static <S> List<Operand<TFloat32>> results(Ops tf, RnnCell<S> cell) {
    List<Operand<TFloat32>> parts = new ArrayList<>();
    for (StatePart part : cell.stateLayout().parts()) {
      parts.add(
          tf.random.statelessRandomNormal(
              tf.constant(new int[] {IDS.length, part.size()}),
              tf.constant(new int[] {parts.size(), 1}),
              TFloat32.class));
    }
    S state = cell.stateLayout().state(parts);
    Operand<TFloat32> x = tf.constant(ONE_HOT);
    CellValues loop = CellValues.make(tf);
    CellValues once = CellValues.forOneStep(tf);
    List<Operand<TFloat32>> all = new ArrayList<>();
    for (CellStep<S> step :
        List.of(
            cell.advance(tf, loop, cell.project(tf, loop, x), state, List.of()),
            cell.step(tf, x, state),
            cell.advance(
                tf, once, cell.projectOneHot(tf, once, tf.constant(IDS)), state, List.of()))) {
      all.add(tf.identity(step.output())); // often a part of the state, which a session gives once
      all.addAll(cell.stateLayout().tensors(step.state()));
    }
    return all;
  }

  private static float[] floats(TFloat32 tensor) {
    float[] values = new float[(int) tensor.size()];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }
}
