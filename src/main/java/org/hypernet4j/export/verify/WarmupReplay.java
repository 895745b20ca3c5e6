// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ModelFiles;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.export.savedmodel.SignatureTensors;
import org.hypernet4j.export.savedmodel.TensorProtos;
import org.hypernet4j.export.serving.WarmupRecord;
import org.hypernet4j.io.internal.TfRecordReader;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorProto;

/**
 * Treats the warm-up file as a server does before it offers a model: reads every record and sends
 * it. One that is damaged, or that the model does not answer, and the server refuses the model.
 */
final class WarmupReplay {
  private static final int MAX_RECORDS = 1000;

  private final MetaGraphDef model;
  private final List<Fault> faults;
  private final List<WarmupRecord> records = new ArrayList<>();
  private boolean othersToo;

  WarmupReplay(MetaGraphDef model, List<Fault> faults) {
    this.model = model;
    this.faults = faults;
  }

  /**
   * Sends the requests of a model's file, if it has one, before the model takes calls.
   *
   * @return how many there are; requests to classify or to regress are left out
   * @throws UserError if the file is damaged or the model does not answer one of them
   */
  static int send(Path folder, ModelSession session) {
    if (!Files.exists(folder.resolve(ModelFiles.WARM_UP))) {
      return 0;
    }
    List<Fault> faults = new ArrayList<>();
    WarmupReplay replay = new WarmupReplay(session.model(), faults);
    replay.othersToo = true;
    replay.read(folder, null);
    int answered = replay.run(session);
    if (!faults.isEmpty()) {
      throw UserError.in(folder.resolve(ModelFiles.WARM_UP))
          .what("the model does not answer its warm-up requests")
          .received(Fault.summary(faults))
          .build();
    }
    return answered;
  }

  /**
   * Reads the file.
   *
   * @param manifest whose signatures must all be in it, or null for a model that has none
   */
  void read(Path folder, @Nullable Manifest manifest) {
    Path file = folder.resolve(ModelFiles.WARM_UP);
    if (!Files.isRegularFile(file)) {
      faults.add(new Fault(Fault.Kind.MISSING_FILE, ModelFiles.WARM_UP + " is not there"));
      return;
    }
    List<byte[]> logs;
    try {
      logs = TfRecordReader.readAll(file);
    } catch (UserError e) {
      add("a server refuses the model: " + Verifier.oneLine(e));
      return;
    }
    if (logs.size() > MAX_RECORDS) {
      add("%d records, a server takes at most %d".formatted(logs.size(), MAX_RECORDS));
    }
    Set<String> open = new TreeSet<>();
    if (manifest != null) {
      open.addAll(manifest.signatures().keySet());
    }
    for (int i = 0; i < logs.size(); i++) {
      WarmupRecord record = parse(i, logs.get(i));
      if (record != null) {
        records.add(record);
        if (manifest != null && !record.model().equals(manifest.model())) {
          add(
              "record %d is for the model '%s', this is '%s'"
                  .formatted(i, ModelIntegrity.visible(record.model()), manifest.model()));
        }
        open.remove(key(record));
      }
    }
    open.forEach(key -> add("no record for the signature '" + key + "'"));
  }

  private @Nullable WarmupRecord parse(int number, byte[] log) {
    try {
      WarmupRecord record = WarmupRecord.parse(log);
      if (record == null && !othersToo) {
        add("record " + number + " is not a predict request");
      }
      return record;
    } catch (InvalidProtocolBufferException e) {
      add("record " + number + " is not a request: " + Verifier.oneLine(e));
      return null;
    }
  }

  /** Sends all requests and returns how many the model answered. */
  int run(ModelSession session) {
    int answered = 0;
    for (int i = 0; i < records.size(); i++) {
      WarmupRecord record = records.get(i);
      String where = "record %d, signature '%s'".formatted(i, key(record));
      SignatureDef signature = model.getSignatureDefMap().get(key(record));
      if (signature == null) {
        add(where + ": the model has no such signature");
      } else if (!signature.getInputsMap().keySet().equals(record.inputs().keySet())) {
        add(
            "%s: its inputs are %s, the signature has %s"
                .formatted(
                    where,
                    new TreeSet<>(record.inputs().keySet()),
                    new TreeSet<>(signature.getInputsMap().keySet())));
      } else {
        answered += answers(session, where, signature, record) ? 1 : 0;
      }
    }
    return answered;
  }

  private boolean answers(
      ModelSession session, String where, SignatureDef signature, WarmupRecord record) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, TensorProto> input : record.inputs().entrySet()) {
        TensorProto proto = input.getValue();
        if (!SignatureTensors.accepts(
            signature.getInputsOrThrow(input.getKey()),
            proto.getDtype(),
            TensorProtos.shape(proto))) {
          add(where + ": '" + input.getKey() + "' has another type or shape than the signature");
          return false;
        }
        inputs.put(input.getKey(), TensorProtos.toTensor(proto));
      }
      session.run(key(record), signature, inputs, signature.getOutputsMap().keySet()).close();
      return true;
    } catch (TensorFlowException
        | IllegalArgumentException
        | IllegalStateException
        | UnsupportedOperationException e) {
      add(where + " fails: " + Verifier.oneLine(e));
    } catch (UserError e) {
      add(where + ": " + Verifier.oneLine(e));
    } finally {
      inputs.values().forEach(Tensor::close);
    }
    return false;
  }

  private static String key(WarmupRecord record) {
    return record.signature().isEmpty() ? ServingSignature.DEFAULT_KEY : record.signature();
  }

  private void add(String message) {
    faults.add(new Fault(Fault.Kind.WARM_UP, message));
  }
}
