// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.lang.reflect.RecordComponent;
import java.util.Set;
import org.hypernet4j.json.Overrides;
import org.hypernet4j.json.Place;
import org.hypernet4j.json.Replaces;
import org.hypernet4j.json.SpecReader;
import org.hypernet4j.json.SpecWriter;

/** Replaces values of an experiment by those of its {@code sample} section. */
final class SampleSettings {
  private static final String SECTION = "sample";

  private SampleSettings() {}

  /** The experiment as it runs on the built-in sample, without the section itself. */
  static ExperimentSpec apply(ExperimentSpec spec, String source) {
    JsonObject tree = SpecWriter.toTree(spec);
    JsonElement section = tree.remove(SECTION);
    if (section == null) {
      return spec;
    }
    Overrides settings = new Overrides(tree, ExperimentSpec.class);
    for (RecordComponent component : SampleSpec.class.getRecordComponents()) {
      JsonElement value = section.getAsJsonObject().get(component.getName());
      if (value != null) {
        settings.replace(target(component), value, source + ", sample." + component.getName());
      }
    }
    return SpecReader.read(
        ExperimentSpec.class, tree, Place.file(source + " with its sample section"));
  }

  /** Removes the keys whose values the user has set. */
  static void forget(JsonObject tree, Set<String> decided) {
    if (!(tree.get(SECTION) instanceof JsonObject section)) {
      return;
    }
    for (RecordComponent component : SampleSpec.class.getRecordComponents()) {
      String target = target(component);
      if (decided.stream().anyMatch(path -> within(path, target) || within(target, path))
          && !decided.contains(SECTION + "." + component.getName())) {
        section.remove(component.getName());
      }
    }
  }

  private static boolean within(String path, String section) {
    return path.equals(section) || path.startsWith(section + ".") || path.startsWith(section + "[");
  }

  private static String target(RecordComponent component) {
    Replaces replaces = component.getAnnotation(Replaces.class);
    if (replaces == null) {
      throw new IllegalStateException("sample." + component.getName() + " needs @Replaces");
    }
    return replaces.value();
  }
}
