// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.interop;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The end of the talk that a reader has, in a process of its own. A line is a JSON object. First it
 * says {@code {"runtime": ...}}; then it answers every {@code {"model": FOLDER, "signature": KEY,
 * "inputs": ARRAYS}} with {@code {"outputs": ARRAYS}} or {@code {"error": TEXT}}, until nobody asks
 * any more. The arrays are as in {@link ArrayJson}.
 */
public final class ReaderLoop {
  private ReaderLoop() {}

  /** Answers from standard input to standard output. */
  public static void answer(ModelReader reader) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    // what libraries print must not come between the answers
    System.setOut(System.err);
    JsonObject runtime = new JsonObject();
    runtime.addProperty("runtime", reader.runtime());
    out.println(runtime);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(answer(reader, JsonParser.parseString(line).getAsJsonObject()));
    }
  }

  private static JsonObject answer(ModelReader reader, JsonObject question) {
    JsonObject answer = new JsonObject();
    try {
      answer.add(
          "outputs",
          ArrayJson.write(
              reader.call(
                  Path.of(question.get("model").getAsString()),
                  question.get("signature").getAsString(),
                  ArrayJson.read(question.getAsJsonObject("inputs")))));
    } catch (IOException | RuntimeException e) {
      answer.addProperty("error", e.toString().lines().findFirst().orElse(""));
    }
    return answer;
  }
}
