// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import com.google.protobuf.TextFormat;
import java.nio.file.Path;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.AtomicFiles;
import org.tensorflow.proto.GraphDef;

/** A GraphDef as a file; the ending of its name determines which of two notations it has. */
final class GraphFile {
  private static final String BINARY = ".pb";
  private static final String TEXT = ".pbtxt";

  private GraphFile() {}

  /** Checks the ending before anything is computed. */
  static void requireName(Path file) {
    String name = String.valueOf(file.getFileName());
    if (!name.endsWith(BINARY) && !name.endsWith(TEXT)) {
      throw UserError.in("--graph")
          .what("the name does not say how to write the graph")
          .expected("a name that ends in " + BINARY + " (binary) or " + TEXT + " (text)")
          .received(file)
          .build();
    }
  }

  static void write(Path file, GraphDef graph) {
    if (String.valueOf(file.getFileName()).endsWith(TEXT)) {
      AtomicFiles.writeString(file, TextFormat.printer().printToString(graph));
    } else {
      AtomicFiles.write(file, graph::writeTo);
    }
  }
}
