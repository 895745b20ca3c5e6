// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.util.List;
import java.util.Objects;
import org.hypernet4j.device.internal.TensorFlowDevices;
import org.hypernet4j.device.internal.TensorFlowNatives;
import org.hypernet4j.train.SessionOptions;
import org.tensorflow.TensorFlow;

/** Checks TensorFlow: its native library, devices and the environment variables that matter. */
final class TensorFlowCheck {
  private static final String ONE_DNN = "TF_ENABLE_ONEDNN_OPTS";
  private static final String LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL";

  private TensorFlowCheck() {}

  /** Returns whether TensorFlow works. */
  static boolean run(Checkup checkup, SessionOptions options) {
    List<String> natives = TensorFlowNatives.list();
    checkup.fact(
        "native library", "nativeLibrary", natives.isEmpty() ? "none" : String.join(", ", natives));
    if (natives.size() > 1) {
      checkup.problem(
          "several native libraries are on the class path, which one loads is chance",
          "Keep one; in the pom it is the property tensorflow.native.classifier");
    }
    try {
      checkup.fact("TensorFlow", "tensorflow", TensorFlow.version());
      List<String> devices = TensorFlowDevices.list(options.toProto());
      checkup.fact(
          "computes on", "devices", devices.isEmpty() ? "nothing" : Devices.describe(devices));
    } catch (LinkageError e) {
      checkup.fact("TensorFlow", "tensorflow", "does not load: " + e);
      String missing = MissingClass.explain(e);
      if (missing != null) {
        checkup.problem("TensorFlow does not load", missing);
        return false;
      }
      checkup.problem(
          "TensorFlow's native library does not load",
          natives.isEmpty()
              ? "Build for this machine: mvn -Dtensorflow.native.classifier=linux-x86_64,"
                  + " linux-arm64 or macosx-arm64"
              : "It must be the one for "
                  + System.getProperty("os.name")
                  + " "
                  + System.getProperty("os.arch")
                  + ", and on Linux glibc 2.17 or newer is needed");
      return false;
    }
    switches(checkup);
    return true;
  }

  private static void switches(Checkup checkup) {
    checkup.fact(ONE_DNN, ONE_DNN, setting(ONE_DNN));
    // Python's packages switch it on for x86; the Java build does not.
    if (!Objects.equals(System.getenv(ONE_DNN), "1")) {
      checkup.advise(
          "oneDNN kernels are off; they made MNIST steps 3.4 times faster where we measured."
              + " Switch them on with "
              + ONE_DNN
              + "=1; ./hypernet4j does unless the variable is set");
    }
    checkup.fact(LOG_LEVEL, LOG_LEVEL, setting(LOG_LEVEL));
    for (String name :
        List.of("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "CUDA_VISIBLE_DEVICES")) {
      if (System.getenv(name) != null) {
        checkup.fact(name, name, setting(name));
      }
    }
  }

  private static String setting(String name) {
    String value = System.getenv(name);
    return value == null ? "not set" : value;
  }
}
