// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.hypernet4j.export.ModelTrust;
import picocli.CommandLine.Option;

/** Options of commands that load a model which may come from an untrusted source. */
final class TrustOption {
  @Option(
      names = "--allow-op",
      paramLabel = "NAME",
      description =
          "Let the model run this op of TensorFlow too, ReadFile for example. May be given several"
              + " times. Default: only ops that inference needs.")
  List<String> ops = new ArrayList<>();

  @Option(
      names = "--trust",
      description =
          "Do not look for what the model could do besides computing. Default: a model that could"
              + " touch files, processes, the network or Python is refused.")
  boolean trust;

  ModelTrust read() {
    return new ModelTrust(trust, new TreeSet<>(ops));
  }
}
