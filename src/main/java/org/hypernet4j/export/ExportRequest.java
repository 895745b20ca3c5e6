// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.nn.Network;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * A model to export, and its destination.
 *
 * @param modelName name under which the model is served: letters, digits, {@code _}, {@code -}
 * @param form {@link #GENERATED} or {@link #BAKED}
 * @param graph builds the inference graph
 * @param values row-major values of every parameter by name, no more and no fewer
 * @param references at least one case for every signature
 * @param provenance where the model comes from: goes into the manifest
 * @param tolerance within which every reader must reproduce the reference outputs, at most {@link
 *     Tolerance#MOST}
 * @param guide what a client needs besides the signatures
 * @param baseFolder holds one folder a version; made if it does not exist
 */
public record ExportRequest(
    String modelName,
    String form,
    InferenceGraph graph,
    Map<String, float[]> values,
    List<ReferenceCase> references,
    Provenance provenance,
    Tolerance tolerance,
    ModelGuide guide,
    Path baseFolder) {

  /** The generator is part of the served graph: small files. */
  public static final String GENERATED = "generated";

  /** The weights that the generator made are plain variables: no generator at serving time. */
  public static final String BAKED = "baked";

  /** Pattern of the name of a served model. */
  public static final String NAME = "[A-Za-z0-9][A-Za-z0-9_\\-]*";

  /** Checks the name and keeps the order of the values; the arrays are not copied. */
  public ExportRequest {
    if (!modelName.matches(NAME)) {
      throw UserError.in("model name")
          .what("cannot be the name of a served model")
          .expected("letters, digits, '_', '-'")
          .received("'" + modelName + "'")
          .build();
    }
    if (!form.equals(GENERATED) && !form.equals(BAKED)) {
      throw UserError.in("form")
          .what("not a form of export")
          .expected(GENERATED + " or " + BAKED)
          .received("'" + form + "'")
          .build();
    }
    if (!tolerance.provesSomething()) {
      throw UserError.in("tolerance")
          .what("so large that the reference outputs would prove nothing")
          .expected("at most " + Tolerance.MOST)
          .received(tolerance)
          .build();
    }
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    references = List.copyOf(references);
  }

  /** Without provenance, with the default tolerance. */
  public ExportRequest(
      String modelName,
      String form,
      InferenceGraph graph,
      Map<String, float[]> values,
      List<ReferenceCase> references,
      Path baseFolder) {
    this(
        modelName,
        form,
        graph,
        values,
        references,
        Provenance.UNKNOWN,
        Tolerance.DEFAULT,
        ModelGuide.NONE,
        baseFolder);
  }

  /**
   * A model of your own with one input and one output: the signature {@link
   * ServingSignature#DEFAULT_KEY} takes {@code x} and gives {@code y}.
   *
   * @param model makes the model as for training
   * @param values of every parameter of the trained model by name
   * @param inputs some inputs, {@code [examples, ...]}
   * @param outputs what the trained session gave for them; every reader must reproduce it
   * @throws UserError if inputs and outputs do not belong together
   */
  public static ExportRequest of(
      String modelName,
      Network.Builder model,
      Map<String, float[]> values,
      NpyArray inputs,
      NpyArray outputs,
      Path baseFolder) {
    long[] shape = inputs.shape();
    if (shape.length == 0) {
      throw UserError.in("inputs of the export")
          .what("have no axis for the examples")
          .expected("[examples, ...]")
          .received("a scalar")
          .build();
    }
    shape[0] = -1;
    InferenceGraph graph =
        store -> {
          Ops tf = store.root().child("inference").tf();
          Placeholder<TFloat32> x =
              tf.withName("x").placeholder(TFloat32.class, Placeholder.shape(Shape.of(shape)));
          Operand<TFloat32> y = model.build(store.root()).apply(tf, x, null);
          return List.of(
              new ServingSignature(ServingSignature.DEFAULT_KEY, Map.of("x", x), Map.of("y", y)));
        };
    ReferenceCase seen =
        new ReferenceCase(ServingSignature.DEFAULT_KEY, Map.of("x", inputs), Map.of("y", outputs));
    return new ExportRequest(modelName, GENERATED, graph, values, List.of(seen), baseFolder);
  }

  /** The same with what the manifest says of the model's origin. */
  public ExportRequest withProvenance(Provenance origin) {
    return new ExportRequest(
        modelName, form, graph, values, references, origin, tolerance, guide, baseFolder);
  }

  /**
   * A copy whose variables of these names and scopes are not trainable, as in the training that
   * froze them ({@link ParameterStore#freeze}). Names that this form of the model lacks are
   * ignored: a baked model has no generator.
   */
  public ExportRequest withFrozen(Collection<String> namesOrScopes) {
    List<String> names = List.copyOf(namesOrScopes);
    if (names.isEmpty()) {
      return this;
    }
    InferenceGraph inner = graph;
    InferenceGraph frozen =
        store -> {
          store.freeze(names);
          return inner.build(store);
        };
    return new ExportRequest(
        modelName, form, frozen, values, references, provenance, tolerance, guide, baseFolder);
  }

  /** A copy with information for clients besides the signatures. */
  public ExportRequest withGuide(ModelGuide value) {
    return new ExportRequest(
        modelName, form, graph, values, references, provenance, tolerance, value, baseFolder);
  }
}
