// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;

/**
 * What one command line did.
 *
 * @param exitCode the exit code
 * @param out lines of standard output
 * @param err lines of standard error
 */
record Cli(int exitCode, List<String> out, List<String> err) {
  static final String SPEC = "graphs/mnist-hyper.json";

  /** Runs a command in this process. */
  static Cli run(Object... words) {
    String[] args = new String[words.length];
    for (int i = 0; i < words.length; i++) {
      args[i] = words[i].toString();
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = Main.run(args, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    return new Cli(
        code, out.toString(UTF_8).lines().toList(), err.toString(UTF_8).lines().toList());
  }

  /** The last line of standard output. */
  JsonObject json() {
    return JsonParser.parseString(out.get(out.size() - 1)).getAsJsonObject();
  }
}
