// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.unroll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hypernet4j.fixtures.Arrays4.assertClose;
import static org.hypernet4j.fixtures.Arrays4.assertGradient;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.fixtures.Fetched;
import org.hypernet4j.fixtures.GoldenFiles;
import org.hypernet4j.graph.Gradients;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.hyper.ReferenceCase;
import org.hypernet4j.io.NpyArray;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Every cell of {@code export/reference}: outputs and all states step by step; outputs, last state,
 * loss, and its gradients by all parameters, the inputs and the initial states in a loop. ({@link
 * ScanTest} holds the gradients of the two ways against each other.)
 */
class ReferenceCellTest {
  static List<ReferenceCase> cells() throws IOException {
    return ReferenceCase.all(false);
  }

  @ParameterizedTest
  @MethodSource("cells")
  void stepByStep(ReferenceCase reference) {
    check(reference, (store, cell, given) -> unrolled(store.root().tf(), cell, given));
  }

  @ParameterizedTest
  @MethodSource("cells")
  void inALoop(ReferenceCase reference) {
    check(
        reference,
        (store, cell, given) -> looped(store.root().tf(), cell, store.trainables(), given));
  }

  /** Builds everything that is compared, by the names of the file, and {@code last/PART}. */
  private interface Results {
    Map<String, Operand<TFloat32>> of(ParameterStore store, RnnCell<?> cell, GoldenFiles given);
  }

  private static void check(ReferenceCase reference, Results results) {
    GoldenFiles expected = reference.arrays();
    try (Graph graph = new Graph();
        Session session = new Session(graph, unoptimised())) {
      ParameterStore store = new ParameterStore(graph, 1L);
      RnnCell<?> cell = ReferenceCells.make(store.root().child("cell"), reference.model());
      Map<String, float[]> parameters = ReferenceCase.parameters(expected);
      assertThat(store.model())
          .extracting(Parameter::name)
          .containsExactlyInAnyOrderElementsOf(parameters.keySet());
      Map<String, Operand<TFloat32>> fetches = results.of(store, cell, expected);
      store.initialize(session);
      ParameterValues.assign(session, store, parameters);

      Fetched actual = Fetched.of(session, fetches);
      for (String name : fetches.keySet()) {
        if (name.startsWith("gradient/")) {
          assertGradient(name, actual.get(name), expected.doubles(name), 1.5e-5);
        } else if (name.startsWith("last/")) {
          String part = name.substring("last/".length());
          assertClose(name, actual.get(name), last(expected, "states/" + part), 4e-6);
        } else {
          assertClose(name, actual.get(name), expected.doubles(name), 4e-6);
        }
      }
    }
  }

  /** The tests are many and the graphs small: optimising them would take the most time. */
  private static ConfigProto unoptimised() {
    ConfigProto.Builder config = ConfigProto.newBuilder();
    config.getGraphOptionsBuilder().getRewriteOptionsBuilder().setDisableMetaOptimizer(true);
    return config.build();
  }

  /** {@link StaticUnroll}: outputs, and {@code states/PART} after every step. */
  private static <S> Map<String, Operand<TFloat32>> unrolled(
      Ops tf, RnnCell<S> cell, GoldenFiles given) {
    int steps = Math.toIntExact(given.shape("x")[0]);
    UnrollResult<S> run =
        StaticUnroll.run(
            tf,
            cell,
            steps(tf, input(tf, given), steps),
            cell.stateLayout().state(constants(tf, given, "initial/", cell.stateLayout().parts())),
            ScanOptions.training()
                .withMasks(constants(tf, given, "mask/", cell.maskParts()))
                .withLengths(lengths(tf, given)));
    Map<String, Operand<TFloat32>> results = new LinkedHashMap<>();
    results.put("outputs", tf.stack(run.outputs()));
    for (int i = 0; i < cell.stateLayout().parts().size(); i++) {
      List<Operand<TFloat32>> ofSteps = new ArrayList<>();
      for (S state : run.states()) {
        ofSteps.add(cell.stateLayout().tensors(state).get(i));
      }
      results.put("states/" + cell.stateLayout().parts().get(i).name(), tf.stack(ofSteps));
    }
    return results;
  }

  /** {@link Scan}: outputs, {@code last/PART} of the state, loss and gradients. */
  private static <S> Map<String, Operand<TFloat32>> looped(
      Ops tf, RnnCell<S> cell, List<Parameter> parameters, GoldenFiles given) {
    Operand<TFloat32> x = input(tf, given);
    List<Operand<TFloat32>> initial = constants(tf, given, "initial/", cell.stateLayout().parts());
    ScanResult<S> run =
        Scan.run(
            tf,
            cell,
            x,
            cell.stateLayout().state(initial),
            ScanOptions.training()
                .withMasks(constants(tf, given, "mask/", cell.maskParts()))
                .withLengths(lengths(tf, given)));

    Map<String, Operand<TFloat32>> results = new LinkedHashMap<>();
    results.put("outputs", run.outputs());
    Operand<TFloat32> loss =
        Fetched.weightedSum(tf, run.outputs(), Fetched.constant(tf, given, "weight/outputs"));
    List<String> inputNames = new ArrayList<>(List.of("x"));
    List<Operand<TFloat32>> last = cell.stateLayout().tensors(run.finalState());
    for (int i = 0; i < last.size(); i++) {
      String part = cell.stateLayout().parts().get(i).name();
      results.put("last/" + part, last.get(i));
      inputNames.add("initial/" + part);
      Operand<TFloat32> weights = Fetched.constant(tf, given, "weight/final/" + part);
      loss = tf.math.add(loss, Fetched.weightedSum(tf, last.get(i), weights));
    }
    results.put("loss", loss);
    Gradients.of(loss, parameters)
        .forEach((parameter, g) -> results.put("gradient/parameter/" + parameter.name(), g));
    List<Operand<TFloat32>> inputs = new ArrayList<>(List.of(x));
    inputs.addAll(initial);
    List<Operand<TFloat32>> gradients = Gradients.byTensors(loss, inputs);
    for (int i = 0; i < gradients.size(); i++) {
      results.put("gradient/" + inputNames.get(i), gradients.get(i));
    }
    return results;
  }

  /** The file's inputs; NaN behind the end of a sequence, which must make no difference. */
  private static Operand<TFloat32> input(Ops tf, GoldenFiles given) {
    Operand<TFloat32> x = Fetched.constant(tf, given, "x");
    Operand<TInt32> lengths = lengths(tf, given);
    return lengths == null
        ? x
        : tf.select(
            tf.expandDims(SequenceMask.of(tf, "test", lengths, x).steps(), tf.constant(2)),
            x,
            tf.constant(Float.NaN));
  }

  private static @Nullable Operand<TInt32> lengths(Ops tf, GoldenFiles given) {
    NpyArray lengths = given.arrays().get("lengths");
    return lengths == null ? null : tf.constant(lengths.ints());
  }

  private static List<Operand<TFloat32>> steps(Ops tf, Operand<TFloat32> sequence, int steps) {
    return new ArrayList<>(tf.unstack(sequence, (long) steps).output());
  }

  private static List<Operand<TFloat32>> constants(
      Ops tf, GoldenFiles given, String prefix, List<StatePart> parts) {
    return parts.stream().map(part -> Fetched.constant(tf, given, prefix + part.name())).toList();
  }

  /** The state behind the last step, of a {@code [T, B, size]}. */
  private static double[] last(GoldenFiles expected, String key) {
    double[] all = expected.doubles(key);
    int steps = Math.toIntExact(expected.shape(key)[0]);
    return Arrays.copyOfRange(all, all.length / steps * (steps - 1), all.length);
  }
}
