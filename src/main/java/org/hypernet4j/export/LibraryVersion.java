// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this build. */
public final class LibraryVersion {
  private static final String FILE = "/META-INF/maven/org.hypernet4j/hypernet4j/pom.properties";

  private LibraryVersion() {}

  /** The version in the jar; {@code development} where classes run without one. */
  public static String current() {
    try (InputStream in = LibraryVersion.class.getResourceAsStream(FILE)) {
      if (in == null) {
        return "development";
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version", "of unknown version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
