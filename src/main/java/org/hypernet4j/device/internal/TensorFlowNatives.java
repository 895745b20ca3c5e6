// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.device.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bytedeco.javacpp.Loader;

/**
 * TensorFlow's native builds on the class path. They are found by the library that would be loaded,
 * not by the name of its container: a jar of Maven, a folder, or one jar with everything.
 */
public final class TensorFlowNatives {
  private static final String FOLDER = "org/tensorflow/internal/c_api/";
  private static final String GPU = "-gpu";

  private TensorFlowNatives() {}

  /** Whether the build for GPUs is there. */
  static boolean forGpus() {
    return !urls(loader(), Loader.getPlatform() + GPU).isEmpty();
  }

  /**
   * The jars and folders that hold a build for this system, {@code
   * tensorflow-core-native-1.1.0-linux-x86_64.jar}; followed by the build if the name does not
   * contain it: {@code all.jar (linux-x86_64-gpu)}. Which one of several is loaded is undefined.
   */
  public static List<String> list() {
    return list(loader(), Loader.getPlatform());
  }

  static List<String> list(ClassLoader loader, String platform) {
    List<String> found = new ArrayList<>();
    for (String build : List.of(platform, platform + GPU)) {
      for (URL url : urls(loader, build)) {
        String place = place(url);
        found.add(place.endsWith("-" + build + ".jar") ? place : place + " (" + build + ")");
      }
    }
    return List.copyOf(found);
  }

  private static List<URL> urls(ClassLoader loader, String build) {
    try {
      return Collections.list(
          loader.getResources(FOLDER + build + "/" + System.mapLibraryName("jnitensorflow")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file name of a jar, or the whole path of a folder. */
  static String place(URL url) {
    String path = url.getPath();
    String container = path.substring(0, path.lastIndexOf(FOLDER));
    if (!container.endsWith("!/")) {
      return decoded(container);
    }
    // no Path: that of a jar is a URL, file:/C:/a.jar, which is no path on Windows
    String jar = container.substring(0, container.length() - 2);
    return decoded(jar.substring(jar.lastIndexOf('/') + 1));
  }

  private static String decoded(String text) {
    try {
      // the decoder is for forms, where a plus is a blank
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text; // a URL that somebody made without encoding it
    }
  }

  private static ClassLoader loader() {
    return TensorFlowNatives.class.getClassLoader();
  }
}
