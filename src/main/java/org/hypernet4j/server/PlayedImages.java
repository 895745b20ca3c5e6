// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.predict.Lease;
import org.hypernet4j.predict.Servable;
import org.hypernet4j.predict.SignatureDescription;
import org.hypernet4j.predict.TensorDescription;
import org.tensorflow.proto.DataType;

/** The signatures of a model that tell what an image shows. */
final class PlayedImages {
  private static final String PROBABILITIES = "probabilities";
  private static final Set<DataType> NUMBERS =
      Set.of(DataType.DT_FLOAT, DataType.DT_INT32, DataType.DT_INT64);
  private static final int MOST_PIXELS = 128;
  private static final int MOST_NUMBERS = 16;
  private static final int MOST_CLASSES = 1000;
  private static final int MOST_KEY = 1000;

  private PlayedImages() {}

  /**
   * The signatures into which an image and a few numbers go, and out of which probabilities come;
   * the default first. Each has the names, the image's shape, and the further inputs.
   */
  static JsonArray signatures(Servable model) {
    Map<String, SignatureDescription> all = new LinkedHashMap<>(model.description().signatures());
    JsonArray found = new JsonArray();
    SignatureDescription first = all.remove(ServingSignature.DEFAULT_KEY);
    if (first != null) {
      add(found, first);
    }
    all.values().forEach(signature -> add(found, signature));
    return found;
  }

  private static void add(JsonArray found, SignatureDescription signature) {
    TensorDescription probabilities = signature.outputs().get(PROBABILITIES);
    long[] classes = probabilities == null ? null : probabilities.shape();
    if (classes == null
        || classes.length < 2
        || classes.length > 3
        || classes[classes.length - 1] < 1
        || classes[classes.length - 1] > MOST_CLASSES) {
      return;
    }
    String image = null;
    TensorDescription pixels = null;
    JsonObject others = new JsonObject();
    for (Map.Entry<String, TensorDescription> input : signature.inputs().entrySet()) {
      if (pixels == null && isImage(input.getValue())) {
        image = input.getKey();
        pixels = input.getValue();
      } else if (isFew(input.getValue())) {
        others.add(input.getKey(), PlayedDescription.tensor(input.getValue()));
      } else {
        return; // of an input that nobody can type
      }
    }
    if (pixels != null) {
      JsonObject json = new JsonObject();
      json.addProperty("key", signature.key());
      json.addProperty("image", image);
      json.add("shape", PlayedDescription.tensor(pixels).get("shape"));
      json.add("others", others);
      found.add(json);
    }
  }

  private static boolean isImage(TensorDescription tensor) {
    long[] shape = tensor.shape();
    return tensor.type() == DataType.DT_FLOAT
        && shape != null
        && shape.length == 4
        && shape[0] == -1
        && shape[1] >= 1
        && shape[1] <= MOST_PIXELS
        && shape[2] >= 1
        && shape[2] <= MOST_PIXELS
        && (shape[3] == 1 || shape[3] == 3);
  }

  private static boolean isFew(TensorDescription tensor) {
    long[] shape = tensor.shape();
    return NUMBERS.contains(tensor.type())
        && shape != null
        && shape.length >= 1
        && shape.length <= 2
        && shape[0] == -1
        && (shape.length == 1 || (shape[1] >= 1 && shape[1] <= MOST_NUMBERS));
  }

  /** The inputs of the request beside the model, by name: {@code {"inputs": {"image": [...]}}}. */
  static JsonObject example(PlayedModels models, Asked asked) {
    asked.requireOnly("model", "version", "signature");
    JsonObject answer = new JsonObject();
    try (Lease lease = models.lease(asked)) {
      String key = asked.text("signature", MOST_KEY);
      SignatureDescription signature = lease.servable().description().signatures().get(key);
      answer.add("inputs", signature == null ? new JsonObject() : inputs(lease, signature));
    }
    return answer;
  }

  private static JsonObject inputs(Lease lease, SignatureDescription signature) {
    try {
      JsonElement request =
          JsonParser.parseString(
              lease.predictor().model().file("requests/" + signature.key() + ".json"));
      return request instanceof JsonObject object
          ? byName(object, signature.inputs().keySet())
          : new JsonObject();
    } catch (UserError | JsonParseException e) {
      return new JsonObject(); // a model without examples, or not one of ours
    }
  }

  /** The arrays of a request in columns ({@code inputs}) or in rows ({@code instances}). */
  private static JsonObject byName(JsonObject request, Set<String> names) {
    JsonElement inputs = request.get("inputs");
    if (inputs instanceof JsonObject named) {
      return named;
    }
    JsonArray rows = request.get("instances") instanceof JsonArray array ? array : new JsonArray();
    JsonObject found = new JsonObject();
    for (String name : names) {
      JsonArray column = new JsonArray();
      for (JsonElement row : rows) {
        if (row instanceof JsonObject fields && fields.has(name)) {
          column.add(fields.get(name));
        } else if (row instanceof JsonArray && names.size() == 1) {
          column.add(row);
        }
      }
      JsonElement whole = inputs instanceof JsonArray && names.size() == 1 ? inputs : column;
      if (!whole.getAsJsonArray().isEmpty()) {
        found.add(name, whole);
      }
    }
    return found;
  }
}
