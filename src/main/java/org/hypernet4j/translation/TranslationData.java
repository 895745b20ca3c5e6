// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.hypernet4j.data.ParallelFiles;
import org.hypernet4j.data.ParallelPieces;
import org.hypernet4j.data.ParallelSplits;
import org.hypernet4j.data.ParallelText;
import org.hypernet4j.data.SampleSentences;
import org.hypernet4j.data.Subwords;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.internal.Sha256;
import org.hypernet4j.spec.DataSpec;
import org.hypernet4j.spec.ParallelTextDataSpec;
import org.jspecify.annotations.Nullable;

/**
 * The sentences of an experiment, as text and as pieces.
 *
 * @param subwords the pieces of both languages
 * @param text the sentences
 * @param tests pieces of each test, by its name
 */
public record TranslationData(
    Subwords subwords,
    ParallelSplits text,
    ParallelPieces train,
    ParallelPieces validation,
    Map<String, ParallelPieces> tests,
    List<String> notes) {
  /** One sample for all runs, so that they can be compared. */
  private static final long SAMPLE_SEED = 1;

  /** Of 2,000 sentences the words are learned, but not how to put them together. */
  private static final int SAMPLE_PAIRS = 8_000;

  private static final int HELD_OUT = SampleSentences.HELD_OUT;

  /** Keeps the order of the tests. */
  public TranslationData {
    tests = Collections.unmodifiableMap(new LinkedHashMap<>(tests));
    notes = List.copyOf(notes);
  }

  /** The data as sentences and their translations; the model's own check has ensured that. */
  static ParallelTextDataSpec spec(DataSpec data) {
    if (data instanceof ParallelTextDataSpec text) {
      return text;
    }
    throw new IllegalArgumentException("Not sentences and their translations: " + data);
  }

  /**
   * Reads the sentences of a specification.
   *
   * @param path the user's folder, or null for the built-in sample
   * @throws org.hypernet4j.error.UserError if the data are not as they should be
   */
  static ParallelSplits read(DataSpec data, @Nullable Path path) {
    ParallelTextDataSpec spec = spec(data);
    return path == null
        ? SampleSentences.splits(SAMPLE_SEED, SAMPLE_PAIRS, HELD_OUT, HELD_OUT)
        : ParallelFiles.folder(path, spec.source(), spec.target());
  }

  /**
   * Reads the sentences and takes them to pieces.
   *
   * @param stored the pieces of a run that is resumed, or null to make or read them
   * @throws org.hypernet4j.error.UserError as {@link #read}; and if a sentence is too long
   */
  static TranslationData load(DataSpec data, @Nullable Path path, @Nullable Subwords stored) {
    ParallelTextDataSpec spec = spec(data);
    ParallelSplits text = read(data, path);
    Subwords subwords = stored == null ? subwords(spec, text.train()) : stored;
    List<String> notes = new ArrayList<>(text.notes());
    ParallelPieces train = pieces(spec, subwords, "training", text.train(), notes);
    ParallelPieces validation = pieces(spec, subwords, "validation", text.validation(), notes);
    Map<String, ParallelPieces> tests = new LinkedHashMap<>();
    text.tests()
        .forEach((name, test) -> tests.put(name, pieces(spec, subwords, name, test, notes)));
    return new TranslationData(subwords, text, train, validation, tests, notes);
  }

  private static Subwords subwords(ParallelTextDataSpec spec, ParallelText train) {
    if (spec.vocabulary() != null) {
      return Subwords.read(Path.of(spec.vocabulary()));
    }
    List<String> lines = new ArrayList<>(train.source());
    lines.addAll(train.target());
    try {
      return Subwords.train(lines, spec.vocabularySize());
    } catch (UserError e) {
      throw e.at("data.vocabularySize"); // too small for the characters
    }
  }

  private static ParallelPieces pieces(
      ParallelTextDataSpec spec,
      Subwords subwords,
      String part,
      ParallelText text,
      List<String> notes) {
    ParallelPieces pieces =
        ParallelPieces.of(text, subwords::encode, spec.mostPieces(), spec.cut());
    if (pieces.cut() > 0) {
      notes.add(
          String.format(
              Locale.ROOT,
              "%s: %,d sentences cut to %,d pieces",
              part,
              pieces.cut(),
              spec.mostPieces()));
    }
    long unknown =
        text.source().stream().mapToLong(subwords::unknownCharacters).sum()
            + text.target().stream().mapToLong(subwords::unknownCharacters).sum();
    if (unknown > 0) {
      notes.add(
          String.format(
              Locale.ROOT, "%s: %,d characters that no piece has became <unk>", part, unknown));
    }
    return pieces;
  }

  /** SHA-256 (hex) of the pieces and of the sentences, a line feed after each. */
  String fingerprint() {
    return Sha256.of((subwords.sha256() + "\n" + text.fingerprint() + "\n").getBytes(UTF_8));
  }
}
