// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.checkpoint;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.hypernet4j.graph.Role;
import org.jspecify.annotations.Nullable;

/**
 * The content of {@code checkpoint.json}: everything in a checkpoint except its arrays, and the
 * SHA-256 of the {@code .npy} bytes of each array.
 *
 * <p>Components missing from the JSON are null; {@link #missing} finds them. Only {@code roles} may
 * be missing: the first builds of the format did not write them. Gson fills this record by the
 * names of its components, which therefore are the keys of the file format.
 */
record CheckpointHead(
    @Nullable String format,
    @Nullable Integer version,
    @Nullable Long step,
    @Nullable Long seed,
    @Nullable String specification,
    @Nullable String dataFingerprint,
    @Nullable JsonObject state,
    @Nullable Map<String, String> roles,
    @Nullable Map<String, String> sha256) {
  static final String FORMAT = "hypernet4j checkpoint";
  static final int VERSION = 1;

  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().setPrettyPrinting().create();

  static CheckpointHead of(Checkpoint checkpoint, Map<String, String> sha256) {
    return new CheckpointHead(
        FORMAT,
        VERSION,
        checkpoint.step(),
        checkpoint.seed(),
        checkpoint.specification(),
        checkpoint.dataFingerprint(),
        checkpoint.state(),
        names(checkpoint.roles()),
        new LinkedHashMap<>(sha256));
  }

  private static Map<String, String> names(Map<String, Role> roles) {
    Map<String, String> names = new LinkedHashMap<>();
    roles.forEach((parameter, role) -> names.put(parameter, role.name()));
    return names;
  }

  /**
   * The roles of the arrays; empty in a file that was written before they were stored.
   *
   * @throws JsonParseException if an array has no role, a role belongs to no array, or a role is
   *     unknown
   */
  Map<String, Role> parsedRoles() {
    Map<String, Role> parsed = new LinkedHashMap<>();
    if (roles == null || roles.isEmpty()) {
      return parsed;
    }
    if (sha256 == null || !roles.keySet().equals(sha256.keySet())) {
      throw new JsonParseException("the roles are not those of the arrays");
    }
    roles.forEach(
        (parameter, name) -> {
          Role role =
              Arrays.stream(Role.values())
                  .filter(known -> known.name().equals(name))
                  .findFirst()
                  .orElseThrow(
                      () -> new JsonParseException("the role of '" + parameter + "' is " + name));
          parsed.put(parameter, role);
        });
    return parsed;
  }

  byte[] encode() {
    return GSON.toJson(this).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Parses the result of {@link #encode}. For another format or version only these two keys are
   * read, because the meaning of the others is unknown.
   *
   * @throws JsonParseException if the text is not such JSON
   */
  static CheckpointHead decode(byte[] json) {
    String text = new String(json, StandardCharsets.UTF_8);
    Origin origin = GSON.fromJson(text, Origin.class);
    if (origin == null) {
      throw new JsonParseException("an empty text");
    }
    return FORMAT.equals(origin.format) && Objects.equals(VERSION, origin.version)
        ? GSON.fromJson(text, CheckpointHead.class)
        : new CheckpointHead(
            origin.format, origin.version, null, null, null, null, null, null, null);
  }

  private record Origin(@Nullable String format, @Nullable Integer version) {}

  /** The first required key missing from the JSON, or null. */
  @Nullable String missing() {
    Map<String, @Nullable Object> components = new LinkedHashMap<>();
    components.put("step", step);
    components.put("seed", seed);
    components.put("specification", specification);
    components.put("dataFingerprint", dataFingerprint);
    components.put("state", state);
    components.put("sha256", sha256);
    return components.entrySet().stream()
        .filter(component -> component.getValue() == null)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }
}
