// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.io.internal.RegularFiles;
import org.hypernet4j.io.internal.Sha256;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.TensorFlow;
import org.tensorflow.ndarray.Shape;

/**
 * {@code assets.extra/manifest.json}: origin and content of a model, and digests that prove it
 * unchanged. Servers ignore the folder.
 *
 * @param format version of this file's layout
 * @param model name under which the model is served
 * @param form {@code generated} or {@code baked}
 * @param versions of Hypernet4J, TensorFlow and Java at export
 * @param tolerance for the reference outputs
 * @param parameterCount numbers in all parameters
 * @param trainableParameterCount numbers in the trainable ones
 * @param parameters one entry a variable, in the order of the model
 * @param signatures by key
 * @param guide information for clients besides the signatures; null in older manifests
 * @param files of the model with their digests, by path
 * @param provenance origin of the model as given by the caller: specification, data, seeds, metrics
 */
public record Manifest(
    int format,
    String model,
    String form,
    Map<String, String> versions,
    Tolerance tolerance,
    long parameterCount,
    long trainableParameterCount,
    List<ParameterEntry> parameters,
    Map<String, SignatureEntry> signatures,
    @Nullable JsonObject guide,
    Map<String, FileEntry> files,
    JsonObject provenance) {
  public static final String PATH = "assets.extra/manifest.json";

  /**
   * The layout that is written: the last field is a digest of the file itself. Layout 1, that of
   * the first exports, has no digest and is read as well.
   */
  static final int FORMAT = 2;

  private static final Gson GSON = new GsonBuilder().serializeNulls().create();

  /** One variable; {@code sha256} is over its little-endian float32 values. */
  public record ParameterEntry(
      String name, List<Long> shape, String role, boolean trainable, String sha256) {}

  /** One signature; sizes of -1 are unknown. */
  public record SignatureEntry(Map<String, TensorEntry> inputs, Map<String, TensorEntry> outputs) {}

  /** One input or output. */
  public record TensorEntry(String tensor, String dtype, List<Long> shape) {}

  /** One file. */
  public record FileEntry(long bytes, String sha256) {}

  public static Manifest of(
      ExportRequest request,
      List<Parameter> parameters,
      Map<String, SignatureEntry> signatures,
      Map<String, FileEntry> files) {
    Map<String, float[]> values = request.values();
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("hypernet4j", LibraryVersion.current());
    versions.put("tensorflow", TensorFlow.version());
    versions.put("java", System.getProperty("java.version", "unknown"));
    return new Manifest(
        FORMAT,
        request.modelName(),
        request.form(),
        versions,
        request.tolerance(),
        parameters.stream().mapToLong(Parameter::size).sum(),
        parameters.stream().filter(Parameter::trainable).mapToLong(Parameter::size).sum(),
        parameters.stream()
            .map(
                p ->
                    new ParameterEntry(
                        p.name(),
                        sizes(p.shape()),
                        p.role().name(),
                        p.trainable(),
                        sha256(values.getOrDefault(p.name(), new float[0]))))
            .toList(),
        signatures,
        request.guide().description(),
        files,
        finite(request.provenance().toJson()).getAsJsonObject());
  }

  /** JSON has no NaN: a metric that is none becomes a text. */
  private static JsonElement finite(JsonElement element) {
    if (element instanceof JsonObject object) {
      JsonObject copy = new JsonObject();
      object.entrySet().forEach(entry -> copy.add(entry.getKey(), finite(entry.getValue())));
      return copy;
    } else if (element instanceof JsonArray array) {
      JsonArray copy = new JsonArray();
      array.forEach(each -> copy.add(finite(each)));
      return copy;
    } else if (element instanceof JsonPrimitive value
        && value.isNumber()
        && !Double.isFinite(value.getAsDouble())) {
      return new JsonPrimitive(value.getAsString());
    }
    return element;
  }

  /** The signatures as recorded in the manifest. */
  public static Map<String, SignatureEntry> entries(List<ServingSignature> signatures) {
    Map<String, SignatureEntry> entries = new LinkedHashMap<>();
    for (ServingSignature signature : signatures) {
      entries.put(
          signature.key(),
          new SignatureEntry(tensors(signature.inputs()), tensors(signature.outputs())));
    }
    return entries;
  }

  /** An entry for every file that is in the folder, by path, in the order of the paths. */
  public static Map<String, FileEntry> entries(Path modelFolder) throws IOException {
    Map<String, FileEntry> entries = new LinkedHashMap<>();
    for (Path file : ModelFiles.all(modelFolder)) {
      entries.put(ModelFiles.name(modelFolder, file), entry(file));
    }
    return entries;
  }

  public void write(Path modelFolder) {
    AtomicFiles.writeString(
        modelFolder.resolve(PATH), ManifestSeal.seal(GSON.toJsonTree(this).getAsJsonObject()));
  }

  /**
   * Reads a manifest, strictly.
   *
   * @throws org.hypernet4j.error.UserError if it cannot be read, is not whole, or was changed after
   *     the export
   */
  public static Manifest read(Path modelFolder) {
    return ManifestReader.read(modelFolder.resolve(PATH));
  }

  public static FileEntry entry(Path file) throws IOException {
    MessageDigest digest = Sha256.begin();
    long bytes;
    try (InputStream in = new DigestInputStream(RegularFiles.newInputStream(file), digest)) {
      bytes = in.transferTo(OutputStream.nullOutputStream());
    }
    return new FileEntry(bytes, Sha256.hex(digest));
  }

  public static String sha256(float[] values) {
    MessageDigest digest = Sha256.begin();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.length; ) {
      buffer.clear();
      while (i < values.length && buffer.remaining() >= Float.BYTES) {
        buffer.putInt(Float.floatToRawIntBits(values[i++]));
      }
      digest.update(buffer.flip());
    }
    return Sha256.hex(digest);
  }

  private static List<Long> sizes(Shape shape) {
    return Arrays.stream(shape.asArray()).boxed().toList();
  }

  private static Map<String, TensorEntry> tensors(Map<String, Operand<?>> operands) {
    Map<String, TensorEntry> entries = new LinkedHashMap<>();
    operands.forEach(
        (alias, operand) ->
            entries.put(
                alias,
                new TensorEntry(
                    operand.op().name() + ":" + operand.asOutput().index(),
                    operand.asOutput().dataType().name(),
                    sizes(operand.shape()))));
    return entries;
  }

  /** Whether there is a manifest, readable or not. */
  public static boolean isIn(Path folder) {
    return Files.exists(folder.resolve(PATH), LinkOption.NOFOLLOW_LINKS);
  }
}
