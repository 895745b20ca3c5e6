// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import java.util.List;
import java.util.function.Supplier;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.TensorArrays;
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
import org.tensorflow.exceptions.TFFailedPreconditionException;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFResourceExhaustedException;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.exceptions.TensorFlowException;

/** What the interfaces do with models, each error with TensorFlow Serving's code and words. */
final class ModelCalls {
  private static final Logger LOG = LoggerFactory.getLogger(ModelCalls.class);

  private final ServedModels models;

  ModelCalls(ServedModels models) {
    this.models = models;
  }

  /** Whether every model takes calls. */
  boolean ready() {
    return models.ready();
  }

  /**
   * Where versions stand, the newest first.
   *
   * @param version the only one, or null for all
   * @throws RestError if there are none
   */
  List<VersionStatus> status(String model, @Nullable Long version) {
    List<VersionStatus> all;
    try {
      all = models.status(model);
    } catch (NoSuchModelException e) {
      throw new RestError(
          RestError.Code.NOT_FOUND,
          version == null
              ? "Could not find any versions of model " + model
              : "Could not find version " + version + " of model " + model);
    }
    if (version == null) {
      return all;
    }
    List<VersionStatus> one = all.stream().filter(status -> status.version() == version).toList();
    if (one.isEmpty()) {
      throw new RestError(
          RestError.Code.NOT_FOUND, "Could not find version " + version + " of model " + model);
    }
    return one;
  }

  /**
   * Takes a version for a call.
   *
   * @throws RestError if it takes none
   */
  Lease lease(String model, @Nullable Long version, @Nullable String label) {
    try {
      return models.lease(model, version, label);
    } catch (NoSuchModelException e) {
      if (label != null) {
        throw RestError.invalid("Unrecognized servable version label: " + label);
      }
      throw new RestError(
          RestError.Code.NOT_FOUND,
          "Servable not found for request: "
              + (version == null
                  ? "Latest(" + model + ")"
                  : "Specific(" + model + ", " + version + ")"));
    } catch (IllegalStateException e) {
      throw new RestError(RestError.Code.UNAVAILABLE, "the server is stopping");
    }
  }

  /**
   * Calls a model.
   *
   * @param signature its key
   * @throws RestError if the model does not answer
   */
  static <T> T answered(String signature, Supplier<T> call) {
    try {
      return call.get();
    } catch (UserError e) {
      // the client is told what it sent, not where the model lies on this machine
      throw RestError.invalid(String.valueOf(e.at("signature '" + signature + "'").getMessage()));
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

  /** Logs what nobody expected and tells it to the client. */
  static RestError failed(String request, Throwable e) {
    LOG.error("{} failed", request, e);
    return new RestError(RestError.Code.INTERNAL, "internal: " + e);
  }

  /** Whether a signature has numbers and truth values only, so that calls of it can be batched. */
  static boolean isNumeric(SignatureDescription signature) {
    return signature.inputs().values().stream().allMatch(ModelCalls::isNumeric)
        && signature.outputs().values().stream().allMatch(ModelCalls::isNumeric);
  }

  private static boolean isNumeric(TensorDescription tensor) {
    return TensorArrays.typeOf(tensor.type()) != null;
  }
}
