// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.io.internal.AtomicFiles;
import org.hypernet4j.picture.BarPicture;
import org.hypernet4j.picture.StripPage;
import org.hypernet4j.picture.StripPicture;
import org.hypernet4j.picture.TextStrips;
import org.hypernet4j.run.RunFolder;

/**
 * The paper's pictures of a recurrent model at work: the text with strips for the change of each
 * gate's weights (Fig 4), and histograms of tanh(c) (Fig 5), each beside its numbers.
 */
public final class TraceFiles {
  private static final String RECURRENT = "W_h";
  private static final String PAPER = "Ha, Dai and Le, \"HyperNetworks\"";

  private final Path folder;
  private final Origin origin;

  /**
   * The origin of a trace, for captions.
   *
   * @param model in words, {@code shakespeare-hyperlstm, HyperLSTM of 512 units}
   * @param checkpoint {@code best, step 4000}
   * @param text {@code start of the validation part of tinyshakespeare.txt}
   */
  public record Origin(String model, String checkpoint, String text) {}

  /**
   * Creates the folder.
   *
   * @throws org.hypernet4j.error.UserError if it cannot be created
   */
  public TraceFiles(Path folder, Origin origin) {
    RunFolder.makeFolder(folder);
    this.folder = folder;
    this.origin = origin;
  }

  /**
   * Writes {@code strips.html}, {@code strips.png} and {@code strips.csv}: the first two show the
   * change of W_h and the bits of each symbol, the third has the change of W_x and of the dynamic
   * bias (beta) as well.
   *
   * @return the files
   * @throws org.hypernet4j.error.UserError if the model's weights do not change, the text is too
   *     long for a picture, or a file cannot be written
   */
  public List<Path> strips(TextTrace trace, Vocabulary vocabulary) {
    trace.requireChanges(origin.model());
    List<String> symbols = SymbolLabels.of(vocabulary, trace.ids());
    List<TextStrips.Strip> strips = new ArrayList<>();
    for (TextTrace.Change change : trace.changes()) {
      if (change.weight().endsWith(RECURRENT)) {
        strips.add(
            new TextStrips.Strip(sign(change), meaning(change), colour(change), change.norms()));
      }
    }
    strips.add(
        new TextStrips.Strip(
            "bits", "-log2 of the model's probability", TextStrips.Colour.GREY, trace.bits()));
    TextStrips drawn =
        new TextStrips(
            "How the weights change from character to character", notes(trace), symbols, strips);
    Path page = folder.resolve("strips.html");
    Path picture = folder.resolve("strips.png");
    Path numbers = folder.resolve("strips.csv");
    StripPage.write(page, drawn);
    StripPicture.write(picture, drawn);
    AtomicFiles.writeString(numbers, table(trace, symbols));
    return List.of(page, picture, numbers);
  }

  private List<String> notes(TextTrace trace) {
    return List.of(
        "Under each character: how far the recurrent weights W_h of each gate moved when the model"
            + " read it, as Frobenius norm of W(t) - W(t-1) ("
            + PAPER
            + ", Fig 4), and the bits that the model needed for it, knowing those before it.",
        origin(),
        String.format(
            Locale.ROOT,
            "The text has %d symbols, %.3f bits each in the mean.",
            trace.ids().length,
            trace.bitsPerSymbol()),
        "Colours: each strip has its own scale, from no colour at 0 to full colour at the number"
            + " that 98 % of its numbers do not exceed. The first character has nothing before it,"
            + " so it has no colour. · is a space, ↵ a newline, ⇥ a tab, □ what cannot be shown.");
  }

  private String origin() {
    return "Model: "
        + origin.model()
        + ". Checkpoint: "
        + origin.checkpoint()
        + ". Text: "
        + origin.text()
        + ".";
  }

  /** {@code W_h^i}, {@code 1 W_h^i} in layer 1 of several. */
  private static String sign(TextTrace.Change change) {
    String sign = change.weight().replaceFirst("^layer(\\d+)/", "$1 ");
    return change.gate().equals("h") ? sign : sign + "^" + change.gate();
  }

  private static String meaning(TextTrace.Change change) {
    String gate =
        switch (change.gate()) {
          case "i" -> "input gate";
          case "g" -> "candidate";
          case "f" -> "forget gate";
          case "o" -> "output gate";
          default -> "recurrent weights";
        };
    int slash = change.weight().indexOf('/');
    return slash < 0
        ? gate
        : change.weight().substring(0, slash).replace("layer", "layer ") + ", " + gate;
  }

  private static TextStrips.Colour colour(TextTrace.Change change) {
    return switch (change.gate()) {
      case "g" -> TextStrips.Colour.GREEN;
      case "f" -> TextStrips.Colour.ORANGE;
      case "o" -> TextStrips.Colour.PURPLE;
      default -> TextStrips.Colour.BLUE;
    };
  }

  private static String table(TextTrace trace, List<String> symbols) {
    StringBuilder csv = new StringBuilder("position,symbol,bits");
    trace.changes().forEach(change -> csv.append(',').append(sign(change)));
    csv.append('\n');
    for (int i = 0; i < symbols.size(); i++) {
      csv.append(i).append(",\"").append(symbols.get(i).replace("\"", "\"\"")).append("\",");
      csv.append(number(trace.bits()[i]));
      for (TextTrace.Change change : trace.changes()) {
        csv.append(',').append(number(change.norms()[i]));
      }
      csv.append('\n');
    }
    return csv.toString();
  }

  /** An empty string where there is no number, as is usual in tables. */
  private static String number(double value) {
    return Double.isNaN(value) ? "" : Float.toString((float) value);
  }

  /**
   * Writes {@code histogram.png} and {@code histogram.csv}.
   *
   * @return the files
   * @throws org.hypernet4j.error.UserError if the model has no memory cell, or a file cannot be
   *     written
   */
  public List<Path> histograms(TextTrace trace) {
    trace.requireMemories(origin.model());
    Path picture = folder.resolve("histogram.png");
    Path numbers = folder.resolve("histogram.csv");
    List<BarPicture.Panel> panels =
        trace.memories().stream()
            .map(memory -> new BarPicture.Panel(title(memory), memory.shares()))
            .toList();
    BarPicture.write(
        picture,
        "Normalised histograms of tanh(c)",
        List.of(
            "Share of all units and steps in each of "
                + TextTrace.Memory.BINS
                + " bins ("
                + PAPER
                + ", Fig 5). c is the memory as it is carried from step to step, before layer"
                + " normalisation.",
            origin()),
        "tanh(c)",
        panels);
    AtomicFiles.writeString(
        numbers,
        trace.memories().stream()
            .map(TraceFiles::table)
            .collect(Collectors.joining("", "part,from,to,count,share\n", "")));
    return List.of(picture, numbers);
  }

  private static String title(TextTrace.Memory memory) {
    return String.format(
        Locale.ROOT,
        "%s: %.1f %% beyond ±0.9",
        memory.part(),
        100.0 * memory.saturated() / memory.total());
  }

  private static String table(TextTrace.Memory memory) {
    StringBuilder csv = new StringBuilder();
    double[] shares = memory.shares();
    for (int bin = 0; bin < shares.length; bin++) {
      csv.append(
          String.format(
              Locale.ROOT,
              "%s,%.2f,%.2f,%d,%s\n",
              memory.part(),
              2.0 * bin / shares.length - 1,
              2.0 * (bin + 1) / shares.length - 1,
              memory.counts()[bin],
              number(shares[bin])));
    }
    return csv.toString();
  }
}
