// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.hypernet4j.data.Subwords;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ModelTrust;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.spec.ParallelTextDataSpec;
import org.hypernet4j.spec.TranslationModelSpec;

/**
 * A translation model that is open for use, from a run or an export. Both are called through their
 * signatures, so both give the same answers.
 *
 * <pre>{@code
 * try (Translator translator = Translator.open(Path.of("export/models/translate-sample/1"))) {
 *   List<Translation> best = translator.translate(List.of("The cat sleeps.")).get(0);
 *   System.out.println(best.get(0).text());
 * }
 * }</pre>
 */
public final class Translator implements AutoCloseable {
  /**
   * Rows times squared length of a call at most: the weights of all beams, which a search keeps,
   * grow so. A line of 1,000 pieces is a call of its own.
   */
  private static final long MOST_CELLS = 1 << 20;

  private final Caller caller;
  private final Runnable closing;
  private final Properties properties;
  private final Subwords subwords;

  /** Calls a signature. */
  private interface Caller {
    Map<String, NpyArray> call(String signature, Map<String, NpyArray> inputs);
  }

  /**
   * Properties of a model.
   *
   * @param name that of its specification
   * @param source the language that it reads
   * @param target the language that it writes
   * @param beams translations that its search follows
   */
  public record Properties(String name, String source, String target, int beams) {}

  private Translator(Caller caller, Runnable closing, Properties properties, Subwords subwords) {
    this.caller = caller;
    this.closing = closing;
    this.properties = properties;
    this.subwords = subwords;
  }

  /**
   * Opens the best model of a run, or an exported model.
   *
   * @param folder of a run, or of one version of an exported model
   * @throws UserError if it is neither, or not of a translation model
   */
  public static Translator open(Path folder) {
    return open(folder, ModelTrust.NONE);
  }

  /** As {@link #open(Path)}; an exported model's author may be trusted. */
  public static Translator open(Path folder, ModelTrust trust) {
    return RunFolder.isRun(folder) ? ofRun(folder) : exported(folder, trust);
  }

  private static Translator ofRun(Path folder) {
    TrainedTranslation best = TranslationRun.open(folder).best();
    return of(best, best::close);
  }

  /** A model in a session, which the translator closes or not. */
  static Translator of(TrainedTranslation trained, Runnable closing) {
    TranslationModelSpec model = TranslationTask.model(trained.specification().model());
    ParallelTextDataSpec data = TranslationData.spec(trained.specification().data());
    return new Translator(
        (key, inputs) ->
            ReferenceCase.record(
                    trained.session().session(),
                    TranslationSignatures.find(trained.signatures(), key),
                    inputs)
                .outputs(),
        closing,
        new Properties(
            trained.specification().name(), data.source(), data.target(), model.beam().beams()),
        trained.subwords());
  }

  /** Whether a folder holds an exported translation model. */
  public static boolean isExport(Path folder) {
    return ExportedTranslation.isIn(folder);
  }

  /**
   * Takes an exported model that is open, {@code predictor.model()} for example, and that stays
   * open when the translator is closed.
   *
   * @throws UserError if it is no translation model
   */
  public static Translator of(LoadedModel model) {
    return of(model, () -> {});
  }

  private static Translator of(LoadedModel model, Runnable closing) {
    ExportedTranslation.Described described = ExportedTranslation.read(model.folder());
    return new Translator(model::call, closing, described.properties(), described.subwords());
  }

  private static Translator exported(Path folder, ModelTrust trust) {
    LoadedModel model = LoadedModel.open(folder, trust);
    boolean complete = false;
    try {
      Translator opened = of(model, model::close);
      complete = true;
      return opened;
    } finally {
      if (!complete) {
        model.close();
      }
    }
  }

  /** Calls a signature as it is. */
  Map<String, NpyArray> call(String signature, Map<String, NpyArray> inputs) {
    return caller.call(signature, inputs);
  }

  /** Properties of the model. */
  public Properties properties() {
    return properties;
  }

  /** The pieces of both languages. */
  public Subwords subwords() {
    return subwords;
  }

  /**
   * Checks that the model can translate with some settings.
   *
   * @throws UserError if its search follows fewer translations than are wanted
   */
  public void require(TranslateSettings settings) {
    if (settings.nbest() > properties.beams()) {
      throw UserError.in(Setting.of("nbest"))
          .what("the model's search follows fewer translations")
          .expected("1 to " + properties.beams())
          .received(settings.nbest())
          .next("train or export it with a larger model.beam.beams")
          .build();
    }
  }

  /**
   * The ids of a line; none for a blank one.
   *
   * @param where the place of the line, for the error
   * @throws UserError if it has more pieces than the settings allow
   */
  public int[] pieces(String where, String line, TranslateSettings settings) {
    int[] ids = subwords.encode(line);
    if (ids.length > settings.mostPieces()) {
      throw UserError.in(where)
          .what("the line is too long to be translated as one sentence")
          .expected("at most " + settings.mostPieces() + " pieces")
          .received(ids.length)
          .next("write one sentence a line, or raise " + Setting.of("mostPieces"))
          .build();
    }
    return ids;
  }

  /** The best translation of each line, see {@link #translate(List, TranslateSettings)}. */
  public List<List<Translation>> translate(List<String> lines) {
    return translate(lines, TranslateSettings.DEFAULT);
  }

  /**
   * Translates lines. Lines of similar length are computed together.
   *
   * @return for each line its translations, best first; none for a blank line
   * @throws UserError if a line is too long, or {@link #require} does
   */
  public List<List<Translation>> translate(List<String> lines, TranslateSettings settings) {
    require(settings);
    int[][] ids = new int[lines.size()][];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = pieces("line " + (i + 1), lines.get(i), settings);
    }
    List<Integer> order =
        IntStream.range(0, ids.length)
            .filter(i -> ids[i].length > 0)
            .boxed()
            .sorted(Comparator.comparingInt(i -> ids[i].length))
            .toList();
    List<List<Translation>> all =
        new ArrayList<>(Collections.nCopies(lines.size(), List.<Translation>of()));
    int from = 0;
    while (from < order.size()) {
      int to = from + 1;
      while (to < order.size()
          && to - from < settings.batch()
          && fits(to - from + 1, ids[order.get(to)].length)) {
        to++;
      }
      call(order.subList(from, to), ids, settings, all);
      from = to;
    }
    return all;
  }

  /** Whether some lines, the longest of which has so many pieces, are not too many for one call. */
  private static boolean fits(int rows, int longest) {
    return (long) rows * longest * longest <= MOST_CELLS;
  }

  /** Translates some lines in one call. */
  private void call(
      List<Integer> rows, int[][] ids, TranslateSettings settings, List<List<Translation>> all) {
    int time = ids[rows.get(rows.size() - 1)].length;
    int[] flat = new int[rows.size() * time]; // the padding is 0
    for (int row = 0; row < rows.size(); row++) {
      int[] line = ids[rows.get(row)];
      System.arraycopy(line, 0, flat, row * time, line.length);
    }
    Map<String, NpyArray> inputs =
        Map.of(TranslationSignatures.SOURCE_IDS, NpyArray.of(flat, rows.size(), time));
    boolean greedy = settings.greedy();
    TranslatorAnswers answers =
        new TranslatorAnswers(
            subwords,
            caller.call(
                greedy ? TranslationSignatures.GREEDY : ServingSignature.DEFAULT_KEY, inputs),
            rows.size(),
            time,
            greedy ? 1 : properties.beams(),
            !greedy);
    for (int row = 0; row < rows.size(); row++) {
      int line = rows.get(row);
      all.set(line, answers.of(row, ids[line].length, settings.nbest()));
    }
  }

  @Override
  public void close() {
    closing.run();
  }
}
