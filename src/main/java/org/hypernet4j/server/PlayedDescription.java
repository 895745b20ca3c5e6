// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.server;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import java.util.Map;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.graph.Role;
import org.hypernet4j.language.TextStreams;
import org.hypernet4j.predict.Lease;
import org.hypernet4j.predict.SignatureDescription;
import org.hypernet4j.predict.TensorDescription;
import org.hypernet4j.strokes.StrokesModel;
import org.hypernet4j.translation.Translator;
import org.jspecify.annotations.Nullable;

/** What the page shows of a model before it is called: its kind decides which part of the page. */
final class PlayedDescription {
  private PlayedDescription() {}

  static JsonObject of(String name, Lease lease) {
    JsonObject json = new JsonObject();
    json.addProperty("name", name);
    json.addProperty("version", Long.toString(lease.version()));
    Map<String, SignatureDescription> signatures = lease.servable().description().signatures();
    JsonObject described = new JsonObject();
    signatures.forEach((key, signature) -> described.add(key, signature(signature)));
    JsonArray images = PlayedImages.signatures(lease.servable());
    try {
      Path folder = lease.folder();
      Manifest manifest = Manifest.isIn(folder) ? Manifest.read(folder) : null;
      if (manifest != null) {
        fromManifest(json, manifest);
      }
      if (TextStreams.isIn(folder)) {
        json.addProperty("kind", "text");
      } else if (StrokesModel.isIn(folder)) {
        json.addProperty("kind", "strokes");
        StrokesModel.Properties properties =
            StrokesModel.of(lease.predictor().model()).properties();
        json.addProperty("latent", properties.latent() > 0);
        json.addProperty("writes", properties.vocabulary() != null);
        json.addProperty("ends", properties.ends());
        json.addProperty("spread", spread(properties));
      } else if (Translator.isExport(folder)) {
        json.addProperty("kind", "translation");
        guide(json, manifest, "source");
        guide(json, manifest, "target");
      } else {
        json.addProperty("kind", images.isEmpty() ? "form" : "image");
      }
    } catch (UserError e) {
      json.addProperty("kind", "form"); // its signatures can be called, whatever its files say
      json.addProperty("reason", e.getMessage());
    }
    json.add("images", images);
    json.add("signatures", described);
    return json;
  }

  /** How far a point is from the one before, in the mean: the page's first scale. */
  private static double spread(StrokesModel.Properties properties) {
    return Math.max(properties.scaling().sdX(), properties.scaling().sdY());
  }

  private static void fromManifest(JsonObject json, Manifest manifest) {
    json.addProperty("parameters", manifest.parameterCount());
    json.addProperty(
        "generates",
        manifest.parameters().stream().anyMatch(one -> one.role().equals(Role.GENERATOR.name())));
    if (manifest.provenance().get("specification") instanceof JsonObject specification) {
      copy(json, "description", specification.get("description"));
      if (specification.get("data") instanceof JsonObject data) {
        copy(json, "data", data.get("type"));
      }
    }
  }

  private static void guide(JsonObject json, @Nullable Manifest manifest, String key) {
    JsonObject guide = manifest == null ? null : manifest.guide();
    copy(json, key, guide == null ? null : guide.get(key));
  }

  private static void copy(JsonObject json, String key, @Nullable JsonElement value) {
    if (value instanceof JsonPrimitive text && text.isString()) {
      json.add(key, text);
    }
  }

  private static JsonObject signature(SignatureDescription signature) {
    JsonObject json = new JsonObject();
    json.add("inputs", tensors(signature.inputs()));
    json.add("outputs", tensors(signature.outputs()));
    return json;
  }

  private static JsonObject tensors(Map<String, TensorDescription> tensors) {
    JsonObject json = new JsonObject();
    tensors.forEach((name, tensor) -> json.add(name, tensor(tensor)));
    return json;
  }

  /** Type and shape; without a shape if even the number of axes is open. */
  static JsonObject tensor(TensorDescription tensor) {
    JsonObject json = new JsonObject();
    json.addProperty("type", tensor.type().name());
    long[] shape = tensor.shape();
    if (shape != null) {
      JsonArray sizes = new JsonArray();
      for (long size : shape) {
        sizes.add(size);
      }
      json.add("shape", sizes);
    }
    return json;
  }
}
