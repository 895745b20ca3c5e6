// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.export.TensorArrays;
import org.hypernet4j.export.savedmodel.TensorProtos;
import org.hypernet4j.export.serving.ModelSpec;
import org.hypernet4j.export.serving.PredictMessage;
import org.hypernet4j.export.verify.OutputTensors;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.predict.Lease;
import org.hypernet4j.predict.ServedModels;
import org.hypernet4j.predict.SignatureDescription;
import org.hypernet4j.predict.TensorDescription;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Tensor;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;

/**
 * TensorFlow Serving's gRPC interface, apart from gRPC itself: messages in, messages out. For any
 * number of threads.
 */
final class GrpcApi implements GrpcCalls {
  private static final String PREDICTION = "tensorflow.serving.PredictionService";
  private static final String MODEL = "tensorflow.serving.ModelService";

  /** What clients ask the health of. */
  private static final Set<String> SERVICES =
      Set.of("", PREDICTION, MODEL, "PredictionService", "ModelService");

  /** A tensor of more elements has to be sent with all its values: one may not stand for many. */
  private static final int LARGEST_REPEATED = 1 << 20;

  private final ModelCalls calls;
  private final Map<String, Method> methods = new LinkedHashMap<>();

  /** Answers a message with a message, or a {@link RestError}. */
  @FunctionalInterface
  private interface Method {
    ByteString answer(ByteString request) throws InvalidProtocolBufferException;
  }

  GrpcApi(ServedModels models) {
    calls = new ModelCalls(models);
    methods.put(PREDICTION + "/Predict", this::predict);
    methods.put(PREDICTION + "/GetModelMetadata", this::metadata);
    methods.put(MODEL + "/GetModelStatus", this::status);
    methods.put("grpc.health.v1.Health/Check", this::health);
    for (String verb : List.of("Classify", "Regress", "MultiInference")) {
      methods.put(PREDICTION + "/" + verb, notOffered(verb + " is not offered, use Predict"));
    }
    methods.put(
        MODEL + "/HandleReloadConfigRequest",
        notOffered("the models are those of the server's folder, which it follows by itself"));
  }

  private static Method notOffered(String text) {
    return request -> {
      throw new RestError(RestError.Code.UNIMPLEMENTED, text);
    };
  }

  @Override
  public Set<String> methods() {
    return methods.keySet();
  }

  @Override
  public byte[] answer(String name, ByteString request) {
    Method method = methods.get(name);
    if (method == null) {
      throw new RestError(RestError.Code.UNIMPLEMENTED, "there is no method " + name);
    }
    try {
      return method.answer(request).toByteArray();
    } catch (InvalidProtocolBufferException e) {
      // of this kind for all who read what their own code should have written
      throw new RestError(
          RestError.Code.INTERNAL,
          "the request is not the message that " + name + " takes: " + e.getMessage());
    }
  }

  private static ModelSpec require(@Nullable ModelSpec model) {
    if (model == null) {
      throw RestError.invalid("Missing ModelSpec");
    }
    return model;
  }

  private Lease lease(ModelSpec model) {
    if (model.name().isEmpty()) {
      throw RestError.invalid("ModelSpec has no name specified.");
    }
    return calls.lease(model.name(), model.version(), model.label());
  }

  private ByteString status(ByteString message) throws InvalidProtocolBufferException {
    ModelSpec model = require(GrpcMessages.Question.parse(message).model());
    return GrpcMessages.status(calls.status(model.name(), model.version()));
  }

  private ByteString metadata(ByteString message) throws InvalidProtocolBufferException {
    GrpcMessages.Question question = GrpcMessages.Question.parse(message);
    ModelSpec model = require(question.model());
    if (question.fields().isEmpty()) {
      throw RestError.invalid("GetModelMetadataRequest must specify at least one metadata_field");
    }
    for (String field : question.fields()) {
      if (!field.equals(GrpcMessages.SIGNATURE_DEF)) {
        throw RestError.invalid("Metadata field " + field + " is not supported");
      }
    }
    try (Lease lease = lease(model)) {
      return GrpcMessages.metadata(
          new ModelSpec(model.name(), lease.version(), null, ""),
          lease.predictor().model().session().model());
    }
  }

  private ByteString health(ByteString message) throws InvalidProtocolBufferException {
    String service = GrpcMessages.service(message);
    if (!SERVICES.contains(service)) {
      throw new RestError(RestError.Code.NOT_FOUND, "there is no service " + service);
    }
    return GrpcMessages.health(calls.ready());
  }

  private ByteString predict(ByteString message) throws InvalidProtocolBufferException {
    PredictMessage request = PredictMessage.parse(message);
    ModelSpec model = require(request.model());
    try (Lease lease = lease(model)) {
      String key = model.signature().isEmpty() ? ServingSignature.DEFAULT_KEY : model.signature();
      SignatureDescription signature = lease.servable().description().signatures().get(key);
      if (signature == null) {
        throw new RestError(
            RestError.Code.FAILED_PRECONDITION, "Serving signature key \"" + key + "\" not found.");
      }
      requireInputs(signature.inputs().keySet(), request.inputs().keySet());
      request.inputs().forEach(GrpcApi::requireWritten);
      return GrpcMessages.predicted(
          new ModelSpec(model.name(), lease.version(), null, key),
          call(lease, signature, request.inputs(), outputs(signature, request.outputs())));
    }
  }

  private static void requireInputs(Set<String> declared, Set<String> sent) {
    if (declared.equals(sent)) {
      return;
    }
    Set<String> expected = new TreeSet<>(declared);
    Set<String> received = new TreeSet<>(sent);
    Set<String> extra = new TreeSet<>(sent);
    extra.removeAll(declared);
    Set<String> missing = new TreeSet<>(declared);
    missing.removeAll(sent);
    throw RestError.invalid(
        "input size does not match signature: "
            + sent.size()
            + "!="
            + declared.size()
            + " len("
            + set(received)
            + ") != len("
            + set(expected)
            + "). Sent extra: "
            + set(extra)
            + ". Missing but required: "
            + set(missing)
            + ".");
  }

  private static String set(Set<String> names) {
    return "{" + String.join(",", names) + "}";
  }

  /** A few bytes must not ask for a large part of the memory. */
  private static void requireWritten(String name, TensorProto tensor) {
    long elements = 1;
    for (long size : TensorProtos.shape(tensor)) {
      elements = size <= 0 ? 0 : elements * Math.min(size, LARGEST_REPEATED + 1L);
      elements = Math.min(elements, LARGEST_REPEATED + 1L);
    }
    if (elements > LARGEST_REPEATED && TensorProtos.valuesWritten(tensor) < elements) {
      throw invalid(name, "a tensor of more than " + LARGEST_REPEATED + " elements needs them all");
    }
  }

  private static RestError invalid(String input, String reason) {
    return RestError.invalid("tensor parsing error: " + input + ": " + reason);
  }

  private static List<String> outputs(SignatureDescription signature, List<String> filter) {
    List<String> wanted = new ArrayList<>();
    for (String output : filter) {
      if (!signature.outputs().containsKey(output)) {
        throw RestError.invalid(
            "output tensor alias not found in signature: "
                + output
                + " Outputs expected to be in the set "
                + set(new TreeSet<>(signature.outputs().keySet()))
                + ".");
      } else if (wanted.contains(output)) {
        throw RestError.invalid("duplicate output tensor alias: " + output);
      }
      wanted.add(output);
    }
    return wanted.isEmpty() ? List.copyOf(signature.outputs().keySet()) : wanted;
  }

  private static Map<String, ByteString> call(
      Lease lease,
      SignatureDescription signature,
      Map<String, TensorProto> inputs,
      Collection<String> wanted) {
    for (String output : wanted) {
      TensorDescription described = Objects.requireNonNull(signature.outputs().get(output));
      DataType type = described.type();
      if (type != DataType.DT_STRING && TensorArrays.typeOf(type) == null) {
        throw new RestError(
            RestError.Code.UNIMPLEMENTED,
            "the output " + output + " is of type " + Values.name(type) + ", not offered here");
      }
    }
    boolean numbers =
        ModelCalls.isNumeric(signature)
            && inputs.values().stream()
                .allMatch(tensor -> TensorArrays.typeOf(tensor.getDtype()) != null);
    return numbers
        ? callByArrays(lease, signature.key(), inputs, wanted)
        : callByTensors(lease, signature.key(), inputs, wanted);
  }

  private static Map<String, ByteString> callByArrays(
      Lease lease, String key, Map<String, TensorProto> inputs, Collection<String> wanted) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    for (Map.Entry<String, TensorProto> input : inputs.entrySet()) {
      try {
        arrays.put(input.getKey(), TensorProtos.toArray(input.getValue()));
      } catch (UserError e) {
        throw unreadable(input.getKey(), e);
      }
    }
    Map<String, NpyArray> outputs =
        ModelCalls.answered(key, () -> lease.servable().predict(key, arrays, wanted));
    Map<String, ByteString> messages = new LinkedHashMap<>();
    outputs.forEach((name, array) -> messages.put(name, TensorMessage.of(array)));
    return messages;
  }

  private static RestError unreadable(String input, UserError e) {
    return invalid(input, String.valueOf(e.getMessage()));
  }

  private static Map<String, ByteString> callByTensors(
      Lease lease, String key, Map<String, TensorProto> inputs, Collection<String> wanted) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, TensorProto> input : inputs.entrySet()) {
        try {
          tensors.put(input.getKey(), TensorProtos.toTensor(input.getValue()));
        } catch (UserError e) {
          throw unreadable(input.getKey(), e);
        }
      }
      return ModelCalls.answered(
          key,
          () -> {
            Map<String, ByteString> messages = new LinkedHashMap<>();
            try (OutputTensors outputs = lease.predictor().predictTensors(key, tensors, wanted)) {
              for (String name : wanted) {
                messages.put(name, TensorMessage.of(outputs.get(name)));
              }
            }
            return messages;
          });
    } finally {
      tensors.values().forEach(Tensor::close);
    }
  }
}
