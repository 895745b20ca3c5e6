// SPDX-License-Identifier: Apache-2.0
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
              values.put(name, array.roundedFloats(file + ": " + name));
            });
    ParameterValues.assign(session, store, values);
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
