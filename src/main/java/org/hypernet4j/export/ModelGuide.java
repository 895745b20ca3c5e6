// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import com.google.gson.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.error.UserError;

/**
 * Information that a client needs besides the signatures to use a model: the meaning of its
 * numbers.
 *
 * @param description goes into the manifest, under {@code guide}
 * @param files texts by name that go beside the manifest, {@code vocabulary.json}
 */
public record ModelGuide(JsonObject description, Map<String, String> files) {
  /** An empty guide, for a model whose signatures suffice. */
  public static final ModelGuide NONE = new ModelGuide(new JsonObject(), Map.of());

  /** Checks the names and copies both. */
  public ModelGuide {
    for (String name : files.keySet()) {
      if (!name.matches("[A-Za-z0-9][A-Za-z0-9_.\\-]*") || ModelFiles.BESIDE.contains(path(name))) {
        throw UserError.in("file '" + name + "'")
            .what("cannot go beside a model's manifest")
            .expected("a name of letters, digits, '_', '.', '-' that is not taken")
            .build();
      }
    }
    description = description.deepCopy();
    files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
  }

  /** Path of a file in the version folder. */
  public static String path(String name) {
    return ModelFiles.EXTRA + "/" + name;
  }
}
