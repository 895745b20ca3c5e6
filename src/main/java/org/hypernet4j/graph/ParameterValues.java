package org.hypernet4j.graph;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.NpyType;
import org.hypernet4j.io.Npz;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFFailedPreconditionException;
import org.tensorflow.ndarray.Shape;
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
    Session.Runner runner = session.runner();
    parameters.forEach(p -> runner.fetch(p.value()));
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
   * Assigns the arrays of an {@code .npz} file by name.
   *
   * @param file keys are full parameter names; shapes must be equal; float64 is rounded to the
   *     nearest float32, integers must have an equal float32
   * @throws UserError if the file cannot be read, a name is unknown, a shape differs, or a number
   *     is too large for float32; then nothing was assigned
   */
  public static void load(Session session, ParameterStore store, Path file) {
    Map<String, float[]> values = new LinkedHashMap<>();
    Npz.read(file)
        .forEach(
            (name, array) -> {
              Shapes.require(
                  file + ": " + name,
                  "the array",
                  Shape.of(array.shape()),
                  store.get(name).shape().asArray());
              values.put(name, floats(file + ": " + name, array));
            });
    assign(session, store, values);
  }

  /**
   * An array as float32: float64 is rounded to the nearest.
   *
   * @param where begins the message of an error
   * @throws UserError if a number is too large for float32, or an integer has no equal one
   */
  public static float[] floats(String where, NpyArray array) {
    if (array.type() != NpyType.F8) {
      return array.floats();
    }
    double[] exact = array.doubles();
    float[] rounded = new float[exact.length];
    for (int i = 0; i < exact.length; i++) {
      rounded[i] = (float) exact[i];
      if (Float.isInfinite(rounded[i]) && Double.isFinite(exact[i])) {
        throw UserError.in(where)
            .what("a number is too large for a parameter")
            .expected("at most " + Float.MAX_VALUE + ", the largest float32")
            .received(exact[i] + " at flat index " + i + " of " + array)
            .build();
      }
    }
    return rounded;
  }

  /** Writes parameters to an {@code .npz} file, one array for each full name. */
  public static void save(Session session, Collection<Parameter> parameters, Path file) {
    Map<String, float[]> values = read(session, parameters);
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      arrays.put(
          parameter.name(),
          NpyArray.of(
              Objects.requireNonNull(values.get(parameter.name())), parameter.shape().asArray()));
    }
    Npz.write(file, arrays);
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
