// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.graph.Role;
import org.hypernet4j.io.NpyArray;

/**
 * Everything a run needs to continue as if it had never been stopped. Immutable.
 *
 * <p>There is no data cursor besides {@code step}: the batch of a step is a function of the data
 * set, the seed and the step alone, so a resumed run asks for batch {@code step} and gets the batch
 * that the stopped run would have used next. {@code dataFingerprint} shows that the data set is
 * unchanged.
 *
 * @param step number of finished steps, which is the index of the next batch; not negative
 * @param seed the seed of the run: initial values, order of the data, dropout
 * @param specification canonical JSON text of the experiment; kept character by character
 * @param dataFingerprint identifies the content of the data set
 * @param values every parameter by full name, optimizer slots included, in order of creation
 * @param roles the role of each parameter by full name; empty if unknown, as in files written
 *     before roles were stored
 * @param state state of the listeners, by name of the listener: the best value of early stopping,
 *     for example. JSON has no numbers NaN and Infinity, so they become the strings {@code "NaN"},
 *     {@code "Infinity"} and {@code "-Infinity"}; {@code getAsDouble()} reads them as numbers.
 */
public record Checkpoint(
    long step,
    long seed,
    String specification,
    String dataFingerprint,
    Map<String, NpyArray> values,
    Map<String, Role> roles,
    JsonObject state) {
  // prefixes of slot names in files without roles
  private static final List<String> SLOTS = List.of("optimizer/", "state/");

  /**
   * Copies the maps and the state.
   *
   * @throws IllegalArgumentException if the step is negative, a value has no name, or roles are
   *     known for some of the values only
   */
  public Checkpoint {
    if (step < 0) {
      throw new IllegalArgumentException("step " + step + " is negative");
    }
    if (values.containsKey("")) {
      throw new IllegalArgumentException("a value needs a name");
    }
    if (!roles.isEmpty() && !roles.keySet().equals(values.keySet())) {
      throw new IllegalArgumentException("roles must be given for every value or for none");
    }
    roles = Collections.unmodifiableMap(new LinkedHashMap<>(roles));
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    // Through text, not deepCopy, so that the state equals the one read back from a file.
    state = JsonParser.parseString(state.toString()).getAsJsonObject();
  }

  /** Creates a checkpoint without roles. */
  public Checkpoint(
      long step,
      long seed,
      String specification,
      String dataFingerprint,
      Map<String, NpyArray> values,
      JsonObject state) {
    this(step, seed, specification, dataFingerprint, values, Map.of(), state);
  }

  /** A copy of this checkpoint with another state of the listeners. */
  public Checkpoint withState(JsonObject other) {
    return new Checkpoint(step, seed, specification, dataFingerprint, values, roles, other);
  }

  /**
   * Whether a value belongs to the training rather than to the model: by its role, or by its name
   * if roles are unknown.
   *
   * @param name name of one of the values
   */
  public boolean isSlot(String name) {
    return roles.isEmpty()
        ? SLOTS.stream().anyMatch(name::startsWith)
        : roles.get(name) == Role.SLOT;
  }

  /** A copy of the listeners' state. */
  @Override
  public JsonObject state() {
    return state.deepCopy();
  }

  /** The step and the number of values; the specification is too long to show. */
  @Override
  public String toString() {
    return "checkpoint of step " + step + " with " + values.size() + " arrays";
  }
}
