// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.export.TensorArrays;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.export.verify.ModelSession;
import org.hypernet4j.graph.Fetches;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.predict.Lease;
import org.hypernet4j.predict.NoSuchModelException;
import org.hypernet4j.predict.OverloadedException;
import org.hypernet4j.predict.ServedModels;
import org.hypernet4j.predict.SignatureDescription;
import org.hypernet4j.predict.TensorDescription;
import org.hypernet4j.predict.VersionStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.Result;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TFFailedPreconditionException;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFResourceExhaustedException;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.exceptions.TensorFlowException;

/** TensorFlow Serving's REST interface, apart from HTTP itself. For any number of threads. */
final class RestApi {
  private static final Logger LOG = LoggerFactory.getLogger(RestApi.class);

  private final ServedModels models;

  RestApi(ServedModels models) {
    this.models = models;
  }

  /**
   * Answers a request.
   *
   * @param body empty where there is none
   */
  RestAnswer answer(String method, String path, byte[] body) {
    try {
      RestPath asked = RestPath.parse(method, path);
      return switch (asked.verb()) {
        case RestPath.STATUS -> RestAnswer.json(200, status(asked));
        case RestPath.METADATA -> RestAnswer.json(200, metadata(asked));
        case "predict" -> RestAnswer.json(200, predict(asked, body));
        default -> throw notOffered(asked, body);
      };
    } catch (RestError e) {
      return RestAnswer.error(e);
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      LOG.error("{} {} failed", method, path, e);
      return RestAnswer.error(new RestError(RestError.Code.INTERNAL, "internal: " + e));
    }
  }

  private byte[] status(RestPath asked) {
    requireName(asked);
    List<VersionStatus> all;
    try {
      all = models.status(asked.model());
    } catch (NoSuchModelException e) {
      throw new RestError(
          RestError.Code.NOT_FOUND, "Could not find any versions of model " + asked.model());
    }
    if (asked.version() == null) {
      return StatusJson.versions(all); // of a label, too: the server does not look at it
    }
    List<VersionStatus> one =
        all.stream().filter(status -> status.version() == asked.version()).toList();
    if (one.isEmpty()) {
      throw new RestError(
          RestError.Code.NOT_FOUND,
          "Could not find version " + asked.version() + " of model " + asked.model());
    }
    return StatusJson.versions(one);
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
    try {
      return models.lease(asked.model(), asked.version(), asked.label());
    } catch (NoSuchModelException e) {
      if (asked.label() != null) {
        throw RestError.invalid("Unrecognized servable version label: " + asked.label());
      }
      throw new RestError(
          RestError.Code.NOT_FOUND,
          "Servable not found for request: "
              + (asked.version() == null
                  ? "Latest(" + asked.model() + ")"
                  : "Specific(" + asked.model() + ", " + asked.version() + ")"));
    } catch (IllegalStateException e) {
      throw new RestError(RestError.Code.UNAVAILABLE, "the server is stopping");
    }
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
    try {
      if (isNumeric(request.signature())) {
        Map<String, NpyArray> inputs = new LinkedHashMap<>();
        request.inputs().forEach((name, input) -> inputs.put(name, input.array(request.rows())));
        return PredictAnswer.ofArrays(lease.servable().predict(key, inputs));
      }
      return callByTensors(lease, request);
    } catch (UserError e) {
      // the client is told what it sent, not where the model lies on this machine
      throw RestError.invalid(String.valueOf(e.at("signature '" + key + "'").getMessage()));
    } catch (OverloadedException e) {
      throw new RestError(RestError.Code.UNAVAILABLE, String.valueOf(e.getMessage()));
    } catch (TFInvalidArgumentException e) {
      throw RestError.invalid(String.valueOf(e.getMessage()));
    } catch (TFUnimplementedException e) {
      throw new RestError(RestError.Code.UNIMPLEMENTED, String.valueOf(e.getMessage()));
    } catch (TFResourceExhaustedException e) {
      throw new RestError(RestError.Code.RESOURCE_EXHAUSTED, String.valueOf(e.getMessage()));
    } catch (TFFailedPreconditionException e) {
      throw new RestError(RestError.Code.FAILED_PRECONDITION, String.valueOf(e.getMessage()));
    } catch (TensorFlowException e) {
      throw new RestError(RestError.Code.INTERNAL, String.valueOf(e.getMessage()));
    }
  }

  private static boolean isNumeric(SignatureDescription signature) {
    return signature.inputs().values().stream().allMatch(RestApi::isNumeric)
        && signature.outputs().values().stream().allMatch(RestApi::isNumeric);
  }

  private static boolean isNumeric(TensorDescription tensor) {
    return TensorArrays.typeOf(tensor.type()) != null;
  }

  private static PredictAnswer callByTensors(Lease lease, PredictRequest request) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    try {
      request.inputs().forEach((name, input) -> inputs.put(name, input.tensor(request.rows())));
      LoadedModel model = lease.predictor().model();
      ServingSignature signature = model.signature(request.signature().key());
      ModelSession.Runner runner = model.session().runner();
      inputs.forEach((name, tensor) -> runner.feed(signature.inputs().get(name), tensor));
      Fetches fetches = new Fetches(signature.outputs().values());
      fetches.distinct().forEach(runner::fetch);
      try (Result result = runner.run()) {
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        for (String name : signature.outputs().keySet()) {
          outputs.put(name, fetches.get(result, outputs.size()));
        }
        return PredictAnswer.ofTensors(outputs);
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
