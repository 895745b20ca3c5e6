// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.train;

import java.util.List;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.graph.Fetches;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** One training step in one call of TensorFlow, which runs the ops of the step directly. */
final class SingleStep implements StepCall {
  private final TrainingGraph.Nodes nodes;
  private final Fetches numbers;

  SingleStep(TrainingGraph.Nodes nodes) {
    this.nodes = nodes;
    this.numbers = new Fetches(nodes.numbers());
  }

  @Override
  public int mostSteps() {
    return 1;
  }

  @Override
  public Feeds feed(List<Feeds> steps, float... learningRates) {
    return steps.get(0).floats(nodes.learningRate(), Shape.scalar(), learningRates);
  }

  @Override
  public void fetch(Session.Runner runner) {
    numbers.into(runner.addTarget(nodes.step()));
  }

  @Override
  public List<float[]> decode(Result result) {
    float[] values = new float[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = ((TFloat32) numbers.get(result, i)).getFloat();
    }
    return List.of(values);
  }
}
