package org.hypernet4j.checkpoint;

import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.NpyType;
import org.hypernet4j.io.Npz;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;

/** Copies parameters between a session and NumPy archives ({@code .npz}). */
public final class ParameterArchive {
  private ParameterArchive() {}

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
    ParameterValues.assign(session, store, values);
  }

  /**
   * An array as float32: float64 is rounded to the nearest.
   *
   * @param where prefix of an error message
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
    Map<String, float[]> values = ParameterValues.read(session, parameters);
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      arrays.put(
          parameter.name(),
          NpyArray.of(
              Objects.requireNonNull(values.get(parameter.name())), parameter.shape().asArray()));
    }
    Npz.write(file, arrays);
  }
}
