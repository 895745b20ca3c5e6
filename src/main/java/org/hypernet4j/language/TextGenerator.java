// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.error.UserError;
import org.hypernet4j.zoo.SymbolDraw;

/**
 * Generates text, symbol after symbol. A symbol is chosen in Java, with a random number that is a
 * function of the seed and its position, so one seed produces one text, from a run's model and from
 * its export alike.
 *
 * <pre>{@code
 * try (TextModel model = TextModel.exported(Path.of("export/models/shakespeare-hyperlstm/1"))) {
 *   IncrementalText text = new IncrementalText(model.vocabulary());
 *   model.generator().generate(
 *       "ROMEO:", 500, new SymbolDraw(0.8f, null, 1), id -> System.out.print(text.add(id)));
 * }
 * }</pre>
 */
public final class TextGenerator {
  private final StreamingModel model;
  private final Vocabulary vocabulary;

  /**
   * Creates a generator.
   *
   * @param model the model, which the caller closes
   * @param vocabulary the symbols of the ids; the model may have more symbols, which are never
   *     drawn
   * @throws UserError if the model has fewer symbols than the vocabulary
   */
  public TextGenerator(StreamingModel model, Vocabulary vocabulary) {
    requireFits(model, vocabulary);
    this.model = model;
    this.vocabulary = vocabulary;
  }

  static void requireFits(StreamingModel model, Vocabulary vocabulary) {
    if (model.symbols() < vocabulary.size()) {
      throw UserError.in("vocabulary")
          .what("is that of another model")
          .expected("at most " + model.symbols() + " symbols")
          .received(vocabulary.size())
          .build();
    }
  }

  /** The symbol that stands for an empty prompt: the newline, or the first where there is none. */
  static int startOf(Vocabulary vocabulary) {
    return vocabulary.find('\n').orElse(0);
  }

  /**
   * The ids that are read for a prompt, one at least.
   *
   * @throws UserError if it has a symbol that the vocabulary does not have
   */
  public int[] read(String prompt) {
    return read(vocabulary, prompt);
  }

  static int[] read(Vocabulary vocabulary, String prompt) {
    return prompt.isEmpty()
        ? new int[] {startOf(vocabulary)}
        : vocabulary.encodeTyped("prompt", prompt).ids();
  }

  /**
   * Checks that a text can have this length.
   *
   * @param where begins the message of an error
   */
  public static void requireLength(String where, int length) {
    if (length < 0) {
      throw UserError.in(where)
          .what("a text cannot be that short")
          .expected("0 or more")
          .received(length)
          .build();
    }
  }

  /**
   * Generates a text.
   *
   * @param prompt is read first and is not part of the result; if it is empty the text begins as if
   *     after a newline, or after the vocabulary's first symbol where it has no newline
   * @param length the number of symbols to generate, 0 or more
   * @param each receives each id as soon as it is known
   * @return the ids
   * @throws UserError if the prompt has a symbol that the vocabulary does not have, or the length
   *     is negative
   */
  public int[] generate(String prompt, int length, SymbolDraw draw, IntConsumer each) {
    requireLength("length", length);
    int[] read = read(prompt);
    int[] made = new int[length];
    model.restart();
    for (int i = 0; i < read.length + length - 1; i++) {
      float[] logits = model.read(i < read.length ? read[i] : made[i - read.length]);
      int position = i - (read.length - 1);
      if (position >= 0 && position < length) {
        made[position] = draw.choose(Arrays.copyOf(logits, vocabulary.size()), position);
        each.accept(made[position]);
      }
    }
    return made;
  }
}
