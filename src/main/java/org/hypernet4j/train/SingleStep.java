package org.hypernet4j.train;

import java.util.List;
import org.hypernet4j.graph.Feeds;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** One training step in a call of TensorFlow: the ops of the step themselves. */
record SingleStep(TrainingGraph.Nodes nodes) implements StepCall {
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
    runner.addTarget(nodes.step());
    nodes.numbers().forEach(runner::fetch);
  }

  @Override
  public List<float[]> decode(Result result) {
    float[] numbers = new float[result.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = ((TFloat32) result.get(i)).getFloat();
    }
    return List.of(numbers);
  }
}
