// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.conditioned.continual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.conditioned.BakedMember;
import org.hypernet4j.conditioned.OpenedMember;
import org.hypernet4j.data.ImageTasks;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.nn.TargetNetwork;
import org.hypernet4j.nn.Weights;
import org.hypernet4j.spec.ContinualModelSpec;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** The network of one task as an ordinary classifier, without the outputs of other tasks. */
final class BakedTask {
  private static final int[] REFERENCE_BATCHES = {1, 7, 32};

  private BakedTask() {}

  static BakedMember of(OpenedMember model, int task) {
    ContinualModelSpec spec = ContinualLearning.spec(model.spec().model());
    TargetNetwork network = ContinualModel.network(spec, spec.tasks().classes());
    return new BakedMember(
        "task" + task,
        store -> build(store, network, spec.tasks().imageSize()),
        values(model, network, spec, task),
        references(model, spec, task));
  }

  /** All weights; of those of the outputs, the columns of the task's own. */
  private static Map<String, float[]> values(
      OpenedMember model, TargetNetwork network, ContinualModelSpec spec, int task) {
    Map<String, NpyArray> made =
        model.call(
            ContinualFunctions.WEIGHTS,
            Map.of(ContinualFunctions.TASK, NpyArray.of(new int[] {task})));
    int first = spec.ownHeads() ? task * spec.tasks().classes() : 0;
    Map<String, float[]> values = new LinkedHashMap<>();
    network
        .weights()
        .shapes()
        .forEach(
            (name, weight) -> {
              NpyArray whole = Objects.requireNonNull(made.get(ContinualFunctions.alias(name)));
              int own = (int) weight.shape().get(weight.shape().numDimensions() - 1);
              int all = (int) whole.shape()[whole.shape().length - 1];
              values.put(
                  name, all == own ? whole.floats() : columns(whole.floats(), all, first, own));
            });
    return values;
  }

  private static float[] columns(float[] matrix, int all, int first, int count) {
    int rows = matrix.length / all;
    float[] some = new float[rows * count];
    for (int r = 0; r < rows; r++) {
      System.arraycopy(matrix, r * all + first, some, r * count, count);
    }
    return some;
  }

  private static List<ServingSignature> build(
      ParameterStore store, TargetNetwork network, int side) {
    Weights weights = Weights.parameters(store.root(), network.weights());
    Ops tf = store.root().child("inference").tf();
    Operand<TFloat32> image =
        tf.withName(ContinualFunctions.IMAGE)
            .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, side, side, 1)));
    Operand<TFloat32> logits = network.apply(tf, weights, image);
    Map<String, Operand<?>> outputs = new LinkedHashMap<>();
    outputs.put(ContinualFunctions.LOGITS, logits);
    outputs.put(ContinualFunctions.PROBABILITIES, tf.nn.softmax(logits));
    outputs.put(ContinualFunctions.CLASS, tf.math.argMax(logits, tf.constant(1)));
    return List.of(
        new ServingSignature(
            ServingSignature.DEFAULT_KEY, Map.of(ContinualFunctions.IMAGE, image), outputs));
  }

  /** What the family computes for images of the task in the built-in sample. */
  private static List<ReferenceCase> references(
      OpenedMember model, ContinualModelSpec spec, int task) {
    ImageTasks tasks = ContinualData.load(spec.tasks(), model.spec().data(), null).tasks();
    List<ReferenceCase> cases = new ArrayList<>();
    for (int count : REFERENCE_BATCHES) {
      NpyArray image = TaskRows.of(new ImageTasks(List.of(tasks.get(task))), 0, count).image();
      int[] numbers = new int[count];
      Arrays.fill(numbers, task);
      ReferenceCase whole =
          model.reference(
              ServingSignature.DEFAULT_KEY,
              Map.of(
                  ContinualFunctions.IMAGE,
                  image,
                  ContinualFunctions.TASK,
                  NpyArray.of(numbers, count)));
      cases.add(
          new ReferenceCase(
              ServingSignature.DEFAULT_KEY,
              Map.of(ContinualFunctions.IMAGE, image),
              whole.outputs()));
    }
    return cases;
  }
}
