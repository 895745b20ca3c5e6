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
import java.util.function.Supplier;
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
  private int last;
  private int returned;
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
   * The symbols of the prompt, which the model reads now if it has not yet; none if the stream was
   * cancelled before. An empty prompt has one symbol, that which stands for it.
   */
  public synchronized List<TextToken> prompt() {
    if (prompt == null) {
      prompt = unlessCancelled(this::readPrompt);
    }
    return prompt == null ? List.of() : prompt;
  }

  private List<TextToken> readPrompt() {
    List<TextToken> read = new ArrayList<>();
    IncrementalText shown = new IncrementalText(vocabulary);
    for (int i = 0; i < given.length; i++) {
      double probability = i == 0 ? Double.NaN : probability(given[i]);
      logits = reader.read(given[i]);
      String complete = shown.add(given[i]) + (i + 1 == given.length ? shown.end() : "");
      read.add(new TextToken(given[i], complete, probability, changes(given[i])));
    }
    return List.copyOf(read);
  }

  /** Whether there is another symbol, which is computed for the answer. */
  @Override
  public synchronized boolean hasNext() {
    if (ready == null && !cancelled && made < length) {
      prompt();
      ready = unlessCancelled(this::write);
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
          returned == length ? "the text has " + length + " symbols" : "the stream was cancelled");
    }
    ready = null;
    returned++;
    text.append(token.text());
    if (made == length) {
      free();
    }
    return token;
  }

  private TextToken write() {
    if (made > 0) {
      logits = reader.read(last); // not before its successor is wanted
    }
    int id = draw.choose(Arrays.copyOf(logits, vocabulary.size()), made);
    double probability = probability(id);
    Map<String, Double> changes = changes(id);
    boolean end = made + 1 == length;
    TextToken token =
        new TextToken(id, characters.add(id) + (end ? characters.end() : ""), probability, changes);
    last = id;
    made++;
    return token;
  }

  private Map<String, Double> changes(int id) {
    return follower == null ? Map.of() : follower.apply(id);
  }

  /**
   * Reads on. Cancelling frees the state while it is in use: then there is no result, and what
   * failed is nobody's fault. After any other failure the state is not known and is freed.
   */
  private <T> @Nullable T unlessCancelled(Supplier<T> work) {
    if (cancelled) {
      return null;
    }
    try {
      T result = work.get();
      return cancelled ? null : result;
    } catch (RuntimeException e) {
      if (cancelled) {
        return null;
      }
      free();
      throw e;
    }
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
    return returned;
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
