// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.hypernet4j.data.TextFiles;
import org.hypernet4j.data.TextPart;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.error.Setting;
import org.hypernet4j.run.DrawOptions;
import org.hypernet4j.run.Drawing;

/** Draws a language model at work: it reads a text, and the files show its internal values. */
final class TextDrawing {
  private final LanguageRun run;
  private final DrawOptions options;

  TextDrawing(LanguageRun run, DrawOptions options) {
    this.run = run;
    this.options = options;
  }

  Drawing draw() {
    Source source = source();
    TextTrace trace;
    try (TrainedLanguageModel best = run.best()) {
      trace = best.trace(source.where, source.ids);
    }
    if (trace.changes().isEmpty()) {
      trace.requireMemories(run.folder().path().toString());
    }
    TraceFiles drawing =
        new TraceFiles(
            options.folder(),
            new TraceFiles.Origin(
                run.specification().name(), "best, step " + run.bestStep(), source.origin));
    List<Path> files = new ArrayList<>();
    if (!trace.changes().isEmpty()) {
      files.addAll(drawing.strips(trace, run.vocabulary()));
    }
    if (!trace.memories().isEmpty()) {
      files.addAll(drawing.histograms(trace));
    }
    return new Drawing(lines(trace, files), figures(trace), files);
  }

  /** The text that is read: its ids, its location for errors, and words for the caption. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  private record Source(int[] ids, String where, String origin) {}

  private Source source() {
    Vocabulary vocabulary = run.vocabulary();
    String text = options.text();
    int length = options.length();
    if (text != null) {
      String where = Setting.of("text").toString();
      int[] ids = vocabulary.encodeTyped(where, text).ids();
      return new Source(Arrays.copyOf(ids, Math.min(ids.length, length)), where, "as typed");
    }
    Path file = options.textFile();
    TextPart part =
        file == null
            ? run.validationText(options.data())
            : TextFiles.whole(file, vocabulary.kind());
    String origin = (file == null ? "start of the validation part of " : "start of ") + part.name();
    return new Source(vocabulary.encode(part.first(length)).ids(), part.name(), origin);
  }

  private static List<String> lines(TextTrace trace, List<Path> files) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "read %,d characters: %.4f bits each",
            trace.ids().length,
            trace.bitsPerSymbol()));
    if (trace.changes().isEmpty()) {
      lines.add("no strips: the weights of this model are the same at every step");
    }
    if (trace.memories().isEmpty()) {
      lines.add("no histograms: this model has no memory cell c");
    }
    files.forEach(file -> lines.add(file.toString()));
    return lines;
  }

  private static JsonObject figures(TextTrace trace) {
    JsonObject saturated = new JsonObject();
    for (TextTrace.Memory memory : trace.memories()) {
      saturated.addProperty(memory.part(), memory.saturated() / (double) memory.total());
    }
    JsonObject figures = new JsonObject();
    figures.addProperty("characters", (long) trace.ids().length);
    double bits = trace.bitsPerSymbol();
    figures.addProperty("bitsPerCharacter", Double.isFinite(bits) ? bits : null); // JSON: no NaN
    figures.add("saturated", saturated);
    return figures;
  }
}
