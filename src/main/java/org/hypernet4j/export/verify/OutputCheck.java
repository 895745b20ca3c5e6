// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.OutputDifference;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.TensorArrays;
import org.hypernet4j.export.Tolerance;
import org.hypernet4j.export.savedmodel.ModelVariables;
import org.hypernet4j.export.savedmodel.SignatureTensors;
import org.hypernet4j.graph.Shapes;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.NpyType;
import org.jspecify.annotations.Nullable;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/** Compares the weights and outputs of a loaded model with those recorded at export. */
final class OutputCheck {
  private final ModelSession session;
  private final MetaGraphDef model;
  private final @Nullable Manifest manifest;
  private final List<Fault> faults;
  private final List<OutputDifference> outputs = new ArrayList<>();
  private @Nullable ReferenceCase first;
  private double firstCallSeconds;

  OutputCheck(
      ModelSession session, MetaGraphDef model, @Nullable Manifest manifest, List<Fault> faults) {
    this.session = session;
    this.model = model;
    this.manifest = manifest;
    this.faults = faults;
  }

  List<OutputDifference> outputs() {
    return outputs;
  }

  double firstCallSeconds() {
    return firstCallSeconds;
  }

  /** Reads every variable of the collections and returns how many the manifest confirms. */
  int compareVariables() {
    Map<String, String> reads = ModelVariables.readTensors(model);
    Map<String, Manifest.ParameterEntry> open = new LinkedHashMap<>();
    if (manifest != null) {
      manifest.parameters().forEach(entry -> open.put(entry.name(), entry));
    }
    int confirmed = 0;
    for (Map.Entry<String, String> read : reads.entrySet()) {
      Manifest.ParameterEntry entry = open.remove(read.getKey());
      if (manifest != null && entry == null) {
        add(Fault.Kind.VARIABLE, "'" + read.getKey() + "' is not in the manifest");
      }
      confirmed += compareVariable(read.getKey(), read.getValue(), entry) ? 1 : 0;
    }
    open.keySet()
        .forEach(name -> add(Fault.Kind.VARIABLE, "'" + name + "' of the manifest is lost"));
    return confirmed;
  }

  private boolean compareVariable(
      String name, String tensorName, Manifest.@Nullable ParameterEntry entry) {
    NpyArray array;
    try {
      array = session.readVariable(tensorName);
    } catch (TensorFlowException
        | IllegalArgumentException
        | IllegalStateException
        | UnsupportedOperationException e) {
      add(Fault.Kind.VARIABLE, "'" + name + "' cannot be read: " + Verifier.oneLine(e));
      return false;
    } catch (UserError e) {
      add(Fault.Kind.VARIABLE, "'" + name + "': " + Verifier.oneLine(e));
      return false;
    }
    if (array.type() != NpyType.F4) {
      // ours are float32; a variable of another type can only be read, not confirmed
      return false;
    }
    if (entry == null) {
      return false;
    }
    if (!Arrays.stream(array.shape()).boxed().toList().equals(entry.shape())) {
      add(
          Fault.Kind.VARIABLE,
          "'"
              + name
              + "' has the shape "
              + Shapes.describe(array.shape())
              + ", exported was "
              + entry.shape());
      return false;
    }
    if (!Manifest.sha256(array.floats()).equals(entry.sha256())) {
      add(Fault.Kind.VARIABLE, "'" + name + "' does not have the value that was exported");
      return false;
    }
    return true;
  }

  /** Runs every case and compares; a case that cannot be run is a fault. */
  void runCases(List<ReferenceCase> cases) {
    CaseComparison comparison =
        new CaseComparison(
            manifest == null ? Tolerance.DEFAULT : manifest.tolerance(), faults, outputs);
    Set<String> seen = new TreeSet<>();
    for (int i = 0; i < cases.size(); i++) {
      ReferenceCase one = cases.get(i);
      String where = "case " + i + ", signature '" + one.signature() + "'";
      SignatureDef signature = model.getSignatureDefMap().get(one.signature());
      if (signature == null) {
        add(Fault.Kind.REFERENCE, where + ": the model has no such signature");
      } else if (fits(where, "inputs", one.inputs(), signature.getInputsMap())
          && fits(where, "outputs", one.outputs(), signature.getOutputsMap())) {
        seen.add(one.signature());
        try {
          comparison.compare(i, one, call(signature, one));
        } catch (TensorFlowException
            | IllegalArgumentException
            | IllegalStateException
            | UnsupportedOperationException e) {
          add(Fault.Kind.LOAD, where + " cannot be run: " + Verifier.oneLine(e));
        } catch (UserError e) {
          add(Fault.Kind.REFERENCE, where + " cannot be run: " + Verifier.oneLine(e));
        }
      }
    }
    if (manifest != null) {
      for (String key : manifest.signatures().keySet()) {
        if (!model.containsSignatureDef(key)) {
          add(Fault.Kind.SIGNATURE, "'" + key + "' of the manifest is lost");
        } else if (!cases.isEmpty() && !seen.contains(key)) {
          add(Fault.Kind.REFERENCE, "signature '" + key + "' has no case that can be run");
        }
      }
    }
  }

  /**
   * Calls again what was called first, without looking at the outputs.
   *
   * @return seconds; 0 if nothing could be called
   */
  double repeatFirstCall() {
    if (first == null) {
      return 0;
    }
    long start = System.nanoTime();
    call(model.getSignatureDefOrThrow(first.signature()), first);
    return (System.nanoTime() - start) / 1e9;
  }

  private Map<String, NpyArray> call(SignatureDef signature, ReferenceCase one) {
    long start = System.nanoTime();
    Map<String, NpyArray> results =
        session.call(one.signature(), signature, one.inputs(), one.outputs().keySet());
    if (first == null) {
      first = one;
      firstCallSeconds = (System.nanoTime() - start) / 1e9;
    }
    return results;
  }

  private boolean fits(
      String where, String what, Map<String, NpyArray> arrays, Map<String, TensorInfo> tensors) {
    if (!arrays.keySet().equals(tensors.keySet())) {
      add(
          Fault.Kind.REFERENCE,
          where
              + ": its "
              + what
              + " are "
              + new TreeSet<>(arrays.keySet())
              + ", the signature has "
              + new TreeSet<>(tensors.keySet()));
      return false;
    }
    for (Map.Entry<String, NpyArray> entry : arrays.entrySet()) {
      TensorInfo info = tensors.getOrDefault(entry.getKey(), TensorInfo.getDefaultInstance());
      NpyArray array = entry.getValue();
      if (!SignatureTensors.accepts(info, TensorArrays.dataTypeOf(array.type()), array.shape())) {
        add(
            Fault.Kind.REFERENCE,
            where
                + ": '"
                + entry.getKey()
                + "' is "
                + array
                + ", the signature has "
                + TensorArrays.name(info.getDtype().name())
                + " "
                + ModelVariables.describe(info.getTensorShape()));
        return false;
      }
    }
    return true;
  }

  private void add(Fault.Kind kind, String message) {
    faults.add(new Fault(kind, message));
  }
}
