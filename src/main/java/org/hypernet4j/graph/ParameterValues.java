// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.internal.SameGraph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFFailedPreconditionException;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/**
 * Copies parameters between a session and flat row-major arrays.
 *
 * <p>Assignments are checked as a whole first: one wrong name or length and nothing is touched.
 */
public final class ParameterValues {
  private ParameterValues() {}

  /** The value of one parameter, row-major. */
  public static float[] read(Session session, Parameter parameter) {
    return read(session, List.of(parameter)).values().iterator().next();
  }

  /** The values of some parameters by name, in the given order, fetched in one run. */
  public static Map<String, float[]> read(Session session, Collection<Parameter> parameters) {
    parameters.forEach(p -> SameGraph.require(session, p.handle().env()));
    Session.Runner runner = session.runner();
    parameters.forEach(p -> runner.fetch(p.variable()));
    Map<String, float[]> values = new LinkedHashMap<>();
    if (parameters.isEmpty()) {
      return values;
    }
    try (Result result = runner.run()) {
      int i = 0;
      for (Parameter parameter : parameters) {
        float[] flat = new float[Math.toIntExact(parameter.size())];
        ((TFloat32) result.get(i++)).asRawTensor().data().asFloats().read(flat);
        values.put(parameter.name(), flat);
      }
    } catch (TFFailedPreconditionException e) {
      throw UserError.in("parameters")
          .what("they have no values in this session")
          .next("call store.initialize(session) after the model and its optimizer are built")
          .cause(e)
          .build();
    }
    return values;
  }

  /**
   * Assigns values by name.
   *
   * @param store the parameters
   * @param values row-major values by full name; parameters that are not named keep theirs
   * @throws UserError if a name is unknown or a length differs; then nothing was assigned
   */
  public static void assign(Session session, ParameterStore store, Map<String, float[]> values) {
    if (values.isEmpty()) {
      return;
    }
    SameGraph.require(session, store.graph());
    List<Parameter> targets = new ArrayList<>();
    values.forEach(
        (name, flat) -> {
          Parameter parameter = store.get(name);
          if (flat.length != parameter.size()) {
            throw UserError.in(name)
                .what("the value has the wrong number of entries")
                .expected(parameter.size() + " for " + Shapes.describe(parameter.shape().asArray()))
                .received(flat.length)
                .build();
          }
          targets.add(parameter);
        });
    List<Tensor> tensors = new ArrayList<>();
    try {
      Session.Runner runner = session.runner();
      for (Parameter parameter : targets) {
        float[] flat = values.get(parameter.name());
        Tensor tensor = TFloat32.tensorOf(parameter.shape(), DataBuffers.of(flat, true, false));
        tensors.add(tensor);
        // Feeding the initial value makes the assign op store ours: no ops of its own for loading.
        runner.feed(parameter.initialValue(), tensor).addTarget(parameter.assign());
      }
      try (Result nothing = runner.run()) {
        assert nothing.size() == 0;
      }
    } finally {
      tensors.forEach(Tensor::close);
    }
  }
}
