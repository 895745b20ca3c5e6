// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.interop;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.hypernet4j.io.NpyArray;

/**
 * A reader in a process of its own, with its own classes and native libraries; the other end is
 * {@link ReaderLoop}, or speaks like it.
 */
public final class ReaderProcess implements ModelReader, AutoCloseable {
  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter questions;
  private final String runtime;

  private ReaderProcess(Process process) throws IOException {
    this.process = process;
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.questions = process.outputWriter(StandardCharsets.UTF_8);
    this.runtime = answer().get("runtime").getAsString();
  }

  /**
   * Starts a reader and waits for its first line.
   *
   * @throws IOException if it does not come; what the process said about it is on standard error
   */
  public static ReaderProcess start(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      return new ReaderProcess(process);
    } catch (IOException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  @Override
  public String runtime() {
    return runtime;
  }

  @Override
  public Map<String, NpyArray> call(Path model, String signature, Map<String, NpyArray> inputs)
      throws IOException {
    JsonObject question = new JsonObject();
    question.addProperty("model", model.toAbsolutePath().toString());
    question.addProperty("signature", signature);
    question.add("inputs", ArrayJson.write(inputs));
    questions.write(question.toString());
    questions.newLine();
    questions.flush();
    JsonObject answer = answer();
    if (!answer.has("outputs")) {
      throw new IOException(
          answer.has("error") ? answer.get("error").getAsString() : answer.toString());
    }
    return ArrayJson.read(answer.getAsJsonObject("outputs"));
  }

  private JsonObject answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the reader's process ended without an answer");
    }
    try {
      return JsonParser.parseString(line).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw new IOException("the reader said what is no answer: " + line, e);
    }
  }

  /** Ends the process: it gets no more questions. */
  @Override
  public void close() throws IOException {
    try {
      questions.close();
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
  }
}
