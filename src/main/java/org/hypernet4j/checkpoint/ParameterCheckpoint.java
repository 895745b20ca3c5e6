// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import static java.util.Objects.requireNonNull;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.NpyType;
import org.tensorflow.Session;

/**
 * Captures the parameters of a session as a checkpoint, and restores them.
 *
 * <p>Values are copied bit by bit. Only names, shapes and types are checked here; comparing
 * specification and data is up to the caller.
 */
public final class ParameterCheckpoint {
  private static final int NAMED = 3;

  private ParameterCheckpoint() {}

  /**
   * Copies every parameter of the store, optimizer slots included, in one call of the session.
   *
   * @param step number of finished steps
   * @param specification canonical JSON text of the experiment
   * @param dataFingerprint identifies the content of the data set
   * @param state state of the listeners, by name of the listener
   */
  public static Checkpoint capture(
      Session session,
      ParameterStore store,
      long step,
      String specification,
      String dataFingerprint,
      JsonObject state) {
    List<Parameter> parameters = store.all();
    if (parameters.isEmpty()) {
      throw new IllegalStateException("The store is empty: build the model before a checkpoint");
    }
    Map<String, float[]> flat = ParameterValues.read(session, parameters);
    Map<String, NpyArray> values = new LinkedHashMap<>();
    Map<String, Role> roles = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      roles.put(parameter.name(), parameter.role());
      values.put(
          parameter.name(),
          NpyArray.of(requireNonNull(flat.get(parameter.name())), parameter.shape().asArray()));
    }
    return new Checkpoint(step, store.seed(), specification, dataFingerprint, values, roles, state);
  }

  /**
   * Assigns every parameter of the store, optimizer slots included.
   *
   * @throws UserError if parameters are missing, unknown, or of another shape or type; the message
   *     lists all three, and nothing was assigned
   */
  public static void restore(Session session, ParameterStore store, Checkpoint checkpoint) {
    assign(session, store, store.all(), others(store, checkpoint), checkpoint);
  }

  /**
   * Assigns the parameters of the model and leaves optimizer slots alone, those of the store and
   * those of the checkpoint: for evaluation and export, where the graph has no optimizer.
   *
   * @throws UserError as {@link #restore}, ignoring slots
   */
  public static void restoreModelOnly(
      Session session, ParameterStore store, Checkpoint checkpoint) {
    List<String> others = others(store, checkpoint);
    others.removeIf(checkpoint::isSlot);
    assign(session, store, store.model(), others, checkpoint);
  }

  /** Names in the checkpoint that are not in the store. */
  private static List<String> others(ParameterStore store, Checkpoint checkpoint) {
    Set<String> others = new LinkedHashSet<>(checkpoint.values().keySet());
    store.all().forEach(parameter -> others.remove(parameter.name()));
    return new ArrayList<>(others);
  }

  private static void assign(
      Session session,
      ParameterStore store,
      List<Parameter> parameters,
      List<String> others,
      Checkpoint checkpoint) {
    requireFit(parameters, others, checkpoint);
    Map<String, float[]> flat = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      String name = parameter.name();
      flat.put(name, requireNonNull(checkpoint.values().get(name)).floats());
    }
    ParameterValues.assign(session, store, flat);
  }

  private static void requireFit(
      List<Parameter> parameters, List<String> others, Checkpoint checkpoint) {
    List<String> missing = new ArrayList<>();
    List<String> different = new ArrayList<>();
    for (Parameter parameter : parameters) {
      NpyArray value = checkpoint.values().get(parameter.name());
      long[] shape = parameter.shape().asArray();
      if (value == null) {
        missing.add(parameter.name());
      } else if (value.type() != NpyType.F4 || !Arrays.equals(value.shape(), shape)) {
        different.add(
            parameter.name() + " is " + value + ", not float32 " + Shapes.describe(shape));
      }
    }
    if (missing.isEmpty() && others.isEmpty() && different.isEmpty()) {
      return;
    }
    List<String> faults = new ArrayList<>();
    addFault(faults, "missing", missing);
    addFault(faults, "not in the model", others);
    addFault(faults, "of another shape or type", different);
    throw UserError.in("checkpoint of step " + checkpoint.step())
        .what("belongs to another model or optimizer")
        .expected("the " + parameters.size() + " parameters of this one")
        .received(String.join("; ", faults))
        .next("use the specification that it was written with, or another checkpoint")
        .build();
  }

  private static void addFault(List<String> faults, String kind, List<String> which) {
    if (!which.isEmpty()) {
      String first = which.stream().limit(NAMED).collect(Collectors.joining(", "));
      faults.add(
          which.size() + " " + kind + " (" + first + (which.size() > NAMED ? ", ..." : "") + ")");
    }
  }
}
