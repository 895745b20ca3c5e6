// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.publish;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ExportRequest;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.export.TensorArrays;
import org.hypernet4j.export.verify.StructureCheck;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.Role;
import org.tensorflow.proto.MetaGraphDef;

/** Refuses, before anything is written, a request that does not make a model that can be served. */
final class RequestCheck {
  private final ExportRequest request;

  RequestCheck(ExportRequest request) {
    this.request = request;
  }

  /** A weight that is NaN or infinite is refused. */
  void requireFinite() {
    request
        .values()
        .forEach(
            (name, values) -> {
              for (int i = 0; i < values.length; i++) {
                if (!Float.isFinite(values[i])) {
                  throw UserError.in(name)
                      .what("the trained value is not finite and is not exported")
                      .received(values[i] + " at flat index " + i)
                      .next("export the last good checkpoint")
                      .build();
                }
              }
            });
  }

  /** The graph's parameters are those that have values, and belong to a model. */
  void requireParameters(List<Parameter> parameters) {
    Set<String> wanted = new TreeSet<>();
    for (Parameter parameter : parameters) {
      if (parameter.role() == Role.SLOT) {
        throw UserError.in(parameter.name())
            .what("the inference graph makes an optimizer slot")
            .next("leave the optimizer out of it")
            .build();
      }
      wanted.add(parameter.name());
    }
    if (!wanted.equals(request.values().keySet())) {
      Set<String> missing = new TreeSet<>(wanted);
      missing.removeAll(request.values().keySet());
      Set<String> unknown = new TreeSet<>(request.values().keySet());
      unknown.removeAll(wanted);
      throw UserError.in("model '" + request.modelName() + "'")
          .what("the values are not those of the inference graph's parameters")
          .expected(wanted.size() + " parameters")
          .received("no value for " + missing + ", no parameter for " + unknown)
          .next("build the same layers under the same scopes as in training")
          .build();
    }
  }

  /** Keys are unique and every reader supports the types. */
  void requireSignatures(List<ServingSignature> signatures) {
    Set<String> keys = new LinkedHashSet<>();
    for (ServingSignature signature : signatures) {
      if (!keys.add(signature.key())) {
        throw UserError.in("signature '" + signature.key() + "'")
            .what("is there twice")
            .next("give every signature a key of its own")
            .build();
      }
      Stream.of(signature.inputs(), signature.outputs())
          .flatMap(operands -> operands.entrySet().stream())
          .forEach(
              entry -> {
                if (TensorArrays.typeOf(entry.getValue().asOutput().dataType()) == null) {
                  throw UserError.in("signature '" + signature.key() + "'")
                      .what("the type of '" + entry.getKey() + "' cannot cross a signature")
                      .expected("float32, float64, int32, int64, uint8 or bool")
                      .received(entry.getValue().asOutput().dataType())
                      .next("cast it in the graph")
                      .build();
                }
              });
    }
  }

  /** The graph has the structure that servers and Python need. */
  void requireServable(MetaGraphDef model) {
    List<Fault> faults = StructureCheck.faults(model);
    if (!faults.isEmpty()) {
      throw UserError.in("model '" + request.modelName() + "'")
          .what("cannot be served")
          .received(Fault.summary(faults))
          .next("change the inference graph")
          .build();
    }
  }

  /** Every signature has a reference case and every case fits its signature. */
  void requireReferences(List<ServingSignature> signatures) {
    Map<String, ServingSignature> byKey =
        signatures.stream()
            .collect(Collectors.toMap(ServingSignature::key, signature -> signature));
    Set<String> open = new TreeSet<>(byKey.keySet());
    for (ReferenceCase reference : request.references()) {
      ServingSignature signature = byKey.get(reference.signature());
      if (signature == null) {
        throw UserError.in("reference case of signature '" + reference.signature() + "'")
            .what("the model has no such signature")
            .expected("one of " + byKey.keySet())
            .build();
      }
      reference.requireFit(signature);
      open.remove(reference.signature());
    }
    if (!open.isEmpty()) {
      throw UserError.in("model '" + request.modelName() + "'")
          .what("some signatures have no reference case: " + open)
          .next("record one from the trained session, a model is not published unproved")
          .build();
    }
  }
}
