package org.hypernet4j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this build. */
final class Version {
  private static final String FILE = "/META-INF/maven/org.hypernet4j/hypernet4j/pom.properties";

  private Version() {}

  /** The version in the jar, or that there is no jar. */
  static String current() {
    try (InputStream in = Version.class.getResourceAsStream(FILE)) {
      if (in == null) {
        return "(classes, not a jar)";
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version", "of unknown version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
