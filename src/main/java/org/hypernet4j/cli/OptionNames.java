// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.util.Locale;
import java.util.Map;
import org.hypernet4j.error.Setting;
import org.jspecify.annotations.Nullable;

/** The notation of the command line for settings and commands that messages of the library name. */
final class OptionNames implements Setting.Notation {
  /** The one notation. */
  static final Setting.Notation NOTATION = new OptionNames();

  private static final String SET = "--set";

  /** Options whose names are not those of the settings. */
  private static final Map<String, String> NAMES = Map.of("from", "--resume-from", "override", SET);

  /** Commands with options, by name and arguments. */
  private static final Map<String, String> WHOLE =
      Map.of("launcher gpu", "./hypernet4j --gpu", "doctor gpu", "./hypernet4j doctor --gpu");

  private OptionNames() {}

  /** {@code resume} is {@code --resume}, {@code topK} is {@code --top-k}. */
  @Override
  public String setting(String name, @Nullable String value) {
    if (name.indexOf('.') >= 0) {
      return SET + " " + name + (value == null ? "" : "=" + value);
    }
    String option = NAMES.get(name);
    if (option == null) {
      option = "--" + name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
    return option + (value == null ? "" : " " + value);
  }

  @Override
  public String command(String name, String arguments) {
    String line = (name + " " + arguments).strip();
    return WHOLE.getOrDefault(line, "'./hypernet4j " + line + "'");
  }
}
