package org.hypernet4j.export;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;

/**
 * A model to export, and its destination.
 *
 * @param modelName name under which the model is served: letters, digits, {@code _}, {@code -}
 * @param form {@link #GENERATED} or {@link #BAKED}
 * @param graph builds the inference graph
 * @param values row-major values of every parameter by name, no more and no fewer
 * @param references at least one case for every signature
 * @param provenance specification, data fingerprint, seeds, metrics: goes into the manifest
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
    JsonObject provenance,
    Tolerance tolerance,
    ModelGuide guide,
    Path baseFolder) {

  /** The generator is part of the served graph: small files. */
  public static final String GENERATED = "generated";

  /** The weights that the generator made are plain variables: no generator at serving time. */
  public static final String BAKED = "baked";

  /** Pattern of the name of a served model. */
  static final String NAME = "[A-Za-z0-9][A-Za-z0-9_\\-]*";

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
    provenance = provenance.deepCopy();
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
        new JsonObject(),
        Tolerance.DEFAULT,
        ModelGuide.NONE,
        baseFolder);
  }

  /** A copy with the provenance for the manifest. */
  public ExportRequest withProvenance(JsonObject origin) {
    return new ExportRequest(
        modelName, form, graph, values, references, origin, tolerance, guide, baseFolder);
  }

  /** A copy with information for clients besides the signatures. */
  public ExportRequest withGuide(ModelGuide value) {
    return new ExportRequest(
        modelName, form, graph, values, references, provenance, tolerance, value, baseFolder);
  }
}
