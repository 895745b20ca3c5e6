// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.export.verify.OutputTensors;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.predict.Lease;
import org.hypernet4j.predict.ServedModels;
import org.hypernet4j.predict.SignatureDescription;
import org.hypernet4j.predict.TensorDescription;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Tensor;

/** TensorFlow Serving's REST interface, apart from HTTP itself. For any number of threads. */
final class RestApi implements RestCalls {
  private final ModelCalls calls;

  RestApi(ServedModels models) {
    calls = new ModelCalls(models);
  }

  @Override
  public RestAnswer answer(String method, String path, byte[] body) {
    try {
      RestPath asked = RestPath.parse(method, path);
      return switch (asked.verb()) {
        case RestPath.STATUS -> new RestAnswer(200, status(asked));
        case RestPath.METADATA -> new RestAnswer(200, metadata(asked));
        case "predict" -> new RestAnswer(200, predict(asked, body));
        default -> throw notOffered(asked, body);
      };
    } catch (RestError e) {
      return RestAnswer.error(e);
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      return RestAnswer.error(ModelCalls.failed(method + " " + path, e));
    }
  }

  private byte[] status(RestPath asked) {
    requireName(asked);
    // of a label all: the server does not look at it
    return StatusJson.versions(calls.status(asked.model(), asked.version()));
  }

  private byte[] metadata(RestPath asked) {
    requireName(asked);
    try (Lease lease = lease(asked)) {
      return StatusJson.metadata(
          asked.model(), lease.version(), lease.predictor().model().session().model());
    }
  }

  private static void requireName(RestPath asked) {
    if (asked.model().isEmpty()) {
      throw RestError.invalid("Missing model name in request.");
    }
  }

  private Lease lease(RestPath asked) {
    return calls.lease(asked.model(), asked.version(), asked.label());
  }

  private byte[] predict(RestPath asked, byte[] body) {
    @Nullable Lease[] lease = {null};
    try {
      PredictRequest request =
          PredictRequest.read(
              body,
              key -> {
                // the JSON is checked first, as there
                Lease taken = lease(asked);
                lease[0] = taken;
                return signature(taken, key);
              });
      Lease taken = lease[0];
      if (taken == null) {
        throw new IllegalStateException("no signature was looked for");
      }
      return call(taken, request).write(request.rows());
    } finally {
      if (lease[0] != null) {
        lease[0].close();
      }
    }
  }

  private static SignatureDescription signature(Lease lease, String key) {
    String name = key.isEmpty() ? ServingSignature.DEFAULT_KEY : key;
    SignatureDescription signature = lease.servable().description().signatures().get(name);
    if (signature == null) {
      throw RestError.invalid(
          "Serving signature name: \"" + name + "\" not found in signature def");
    }
    return signature;
  }

  private static PredictAnswer call(Lease lease, PredictRequest request) {
    String key = request.signature().key();
    for (TensorDescription output : request.signature().outputs().values()) {
      if (!Values.has(output.type())) {
        throw PredictAnswer.unwritable(output.type());
      }
    }
    return ModelCalls.answered(
        key,
        () -> {
          if (!ModelCalls.isNumeric(request.signature())) {
            return callByTensors(lease, request);
          }
          Map<String, NpyArray> inputs = new LinkedHashMap<>();
          request.inputs().forEach((name, input) -> inputs.put(name, input.array(request.rows())));
          return PredictAnswer.ofArrays(lease.servable().predict(key, inputs));
        });
  }

  private static PredictAnswer callByTensors(Lease lease, PredictRequest request) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    try {
      request.inputs().forEach((name, input) -> inputs.put(name, input.tensor(request.rows())));
      try (OutputTensors outputs =
          lease.predictor().predictTensors(request.signature().key(), inputs)) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        outputs.names().forEach(name -> tensors.put(name, outputs.get(name)));
        return PredictAnswer.ofTensors(tensors);
      }
    } finally {
      inputs.values().forEach(Tensor::close);
    }
  }

  /** Classification and regression of examples: only the errors that are the same there. */
  private RestError notOffered(RestPath asked, byte[] body) {
    String verb = asked.verb();
    new JsonText(body);
    try (Lease lease = lease(asked)) {
      String found = lease.servable().description().name();
      return new RestError(
          RestError.Code.UNIMPLEMENTED,
          "the model '" + found + "' is not offered for '" + verb + "', use 'predict'");
    }
  }
}
