// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.hypernet4j.data.IncrementalText;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.zoo.SymbolDraw;
import org.jspecify.annotations.Nullable;

/**
 * A text that a model writes while somebody reads it: a symbol is computed when it is asked for.
 * The same prompt, settings and seed give the text of {@link TextGenerator}. Get one from {@link
 * TextStreams}.
 *
 * <p>One thread reads; {@link #cancel} may be called by any, at any time. The state of the model is
 * freed with the last symbol, by cancelling, and by closing.
 */
public final class TextStream implements Iterator<TextToken>, AutoCloseable {
  private final StreamingModel reader;
  private final @Nullable IntFunction<Map<String, Double>> follower;
  private final Vocabulary vocabulary;
  private final int[] given;
  private final int length;
  private final SymbolDraw draw;
  private final Consumer<TextStream> ended;
  private final IncrementalText characters;
  private final StringBuilder text = new StringBuilder();
  private @Nullable List<TextToken> prompt;
  private @Nullable TextToken ready;
  private float[] logits = new float[0];
  private int made;
  private volatile boolean cancelled;

  /**
   * A stream before its prompt.
   *
   * @param reader a stream's own, closed with it
   * @param follower for the changes of weights, else null
   * @param given ids of the prompt, one at least
   * @param ended is told, once or more, that nothing comes any more
   */
  TextStream(
      StreamingModel reader,
      @Nullable IntFunction<Map<String, Double>> follower,
      Vocabulary vocabulary,
      int[] given,
      int length,
      SymbolDraw draw,
      Consumer<TextStream> ended) {
    this.reader = reader;
    this.follower = follower;
    this.vocabulary = vocabulary;
    this.given = given.clone();
    this.length = length;
    this.draw = draw;
    this.ended = ended;
    characters = new IncrementalText(vocabulary);
  }

  /**
   * The symbols of the prompt, which the model reads now if it has not yet; without them if the
   * stream was cancelled meanwhile. An empty prompt has one symbol, that which stands for it.
   */
  public synchronized List<TextToken> prompt() {
    if (prompt == null) {
      List<TextToken> read = new ArrayList<>();
      IncrementalText shown = new IncrementalText(vocabulary);
      for (int i = 0; i < given.length; i++) {
        double probability = i == 0 ? Double.NaN : probability(given[i]);
        Map<String, Double> changes = read(given[i]);
        if (cancelled) {
          return List.of();
        }
        String complete = shown.add(given[i]) + (i + 1 == given.length ? shown.end() : "");
        read.add(new TextToken(given[i], complete, probability, changes));
      }
      prompt = List.copyOf(read);
    }
    return prompt;
  }

  /** Whether there is another symbol, which is computed for the answer. */
  @Override
  public synchronized boolean hasNext() {
    if (ready == null && !cancelled && made < length) {
      prompt();
      ready = cancelled ? null : made();
    }
    if (ready == null) {
      free();
    }
    return ready != null;
  }

  /**
   * The next symbol.
   *
   * @throws NoSuchElementException after the last, or after {@link #cancel}
   */
  @Override
  public synchronized TextToken next() {
    TextToken token = hasNext() ? ready : null;
    if (token == null) {
      throw new NoSuchElementException(
          made == length ? "the text has " + length + " symbols" : "the stream was cancelled");
    }
    ready = null;
    text.append(token.text());
    if (made == length) {
      free();
    }
    return token;
  }

  private @Nullable TextToken made() {
    int id = draw.choose(Arrays.copyOf(logits, vocabulary.size()), made);
    double probability = probability(id);
    boolean last = made + 1 == length;
    Map<String, Double> changes = last ? follow(id) : read(id);
    if (cancelled) {
      return null;
    }
    made++;
    return new TextToken(
        id, characters.add(id) + (last ? characters.end() : ""), probability, changes);
  }

  /** Reads a symbol; after cancelling nothing is read, and nothing is returned. */
  private Map<String, Double> read(int id) {
    try {
      logits = reader.read(id);
      return follow(id);
    } catch (RuntimeException e) {
      if (cancelled) {
        return Map.of();
      }
      free(); // what has been read is not known any more
      throw e;
    }
  }

  private Map<String, Double> follow(int id) {
    return follower == null || cancelled ? Map.of() : follower.apply(id);
  }

  /** Softmax over the symbols of the vocabulary, which the model may exceed. */
  private double probability(int id) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int v = 0; v < vocabulary.size(); v++) {
      largest = Math.max(largest, logits[v]);
    }
    double sum = 0;
    for (int v = 0; v < vocabulary.size(); v++) {
      sum += Math.exp(logits[v] - largest);
    }
    return Math.exp(logits[id] - largest) / sum;
  }

  /** Reads all that is left. */
  public synchronized String rest() {
    int from = text.length();
    while (hasNext()) {
      next();
    }
    return text.substring(from);
  }

  /** What {@link #next} has returned so far, without the prompt. */
  public synchronized String text() {
    return text.toString();
  }

  /** How many symbols {@link #next} has returned. */
  public synchronized int count() {
    return ready == null ? made : made - 1;
  }

  /** Ends the stream. A symbol that is being computed is finished and thrown away. */
  public void cancel() {
    cancelled = true;
    free();
  }

  /** Frees the state of the model. A stream that is not at its end is cancelled. */
  @Override
  public void close() {
    cancel();
  }

  /** Frees the state without a word: reading on is an error. */
  void free() {
    reader.close();
    ended.accept(this);
  }
}
