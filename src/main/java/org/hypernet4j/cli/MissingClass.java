// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Explains errors of a missing class: of a Java that jlink made without its module, or of a
 * library.
 */
final class MissingClass {
  /** The message of the error itself, or of another one that quotes it. */
  private static final Pattern NAME =
      Pattern.compile("(?:^|NoClassDefFoundError: )([\\w$]+(?:/[\\w$]+)+)(?: |$)");

  private static final Pattern OF_JAVA = Pattern.compile("(java|javax|jdk|sun|com/sun)/.*");

  private MissingClass() {}

  /** The explanation; null if the error is not about a missing class. */
  static @Nullable String explain(LinkageError error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      Matcher name = NAME.matcher(String.valueOf(cause.getMessage()));
      if (name.find()) {
        return explain(name.group(1));
      }
    }
    return null;
  }

  private static String explain(String path) {
    String name = path.replace('/', '.');
    return OF_JAVA.matcher(path).matches()
        ? "Java: this runtime has no class "
            + name
            + ": it was made by jlink without a module that holds it. Use a complete Java, or one"
            + " with the modules java.desktop, java.logging, jdk.management and jdk.unsupported."
        : "class path: no class " + name + ". It must be that of target/classpath, all of it.";
  }
}
