// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.hypernet4j.build.SpecModels;
import org.hypernet4j.data.TextPart;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.graph.ParameterStore;
import org.hypernet4j.graph.ParameterValues;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.zoo.SymbolDraw;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/** Streams of an exported HyperLSTM against the generator, and against its session. */
class TextStreamsTest {
  @TempDir static Path folder;
  private static final SmallLanguageModel TRAINED = SmallLanguageModel.hyperLstm();
  private static Path version;
  private static TextStreams streams;

  @BeforeAll
  static void export() {
    version = Exporter.export(TRAINED.request("streams", folder)).versionFolder();
    streams = TextStreams.open(version);
  }

  @AfterAll
  static void close() {
    streams.close();
    TRAINED.close();
  }

  private static SymbolDraw draw(long seed) {
    return new SymbolDraw(0.9f, 4, seed);
  }

  private static String generated(String prompt, int length, SymbolDraw draw) {
    try (TextModel model = TextModel.open(version)) {
      Vocabulary vocabulary = model.vocabulary();
      return new String(
          vocabulary.decode(model.generator().generate(prompt, length, draw, id -> {})), UTF_8);
    }
  }

  @Test
  void manyAtOnceAreTheTextsOfTheGenerator() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<Future<String>> texts = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        SymbolDraw draw = draw(i);
        boolean changes = i % 2 == 0;
        texts.add(
            pool.submit(
                () -> {
                  try (TextStream text =
                      changes
                          ? streams.startWithChanges("aé", 40, draw)
                          : streams.start("aé", 40, draw)) {
                    return text.rest();
                  }
                }));
      }
      for (int i = 0; i < 8; i++) {
        assertThat(texts.get(i).get()).isEqualTo(generated("aé", 40, draw(i)));
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(streams.running()).isZero();
  }

  @Test
  void oneThreadCanReadSeveralInTurns() {
    try (TextStream first = streams.start("a", 12, draw(1));
        TextStream second = streams.start("", 12, draw(2))) {
      StringBuilder a = new StringBuilder();
      StringBuilder b = new StringBuilder();
      while (first.hasNext() && second.hasNext()) {
        a.append(first.next().text());
        b.append(second.next().text());
        assertThat(first.count()).isEqualTo(second.count());
      }
      assertThat(a).hasToString(generated("a", 12, draw(1)));
      assertThat(first.text()).isEqualTo(a.toString());
      assertThat(b).hasToString(generated("", 12, draw(2)));
      assertThatThrownBy(first::next)
          .isInstanceOf(NoSuchElementException.class)
          .hasMessage("the text has 12 symbols");
      assertThat(streams.running()).isZero(); // freed with the last symbol
      assertThat(first.rest()).isEmpty();
    }
    try (TextStream none = streams.start("ab", 0, draw(1))) {
      assertThat(none.hasNext()).isFalse();
    }
  }

  /** The softmax of the logits of serving_default for the whole text, in double. */
  @Test
  void probabilitiesAreThoseOfTheWholeText() {
    List<TextToken> tokens = new ArrayList<>();
    try (TextStream text = streams.start("abé", 20, new SymbolDraw(2f, null, 9))) {
      tokens.addAll(text.prompt());
      text.forEachRemaining(tokens::add);
    }
    int[] ids = tokens.stream().mapToInt(TextToken::id).toArray();
    float[] logits;
    try (LoadedModel model = LoadedModel.open(version)) {
      logits =
          Objects.requireNonNull(
                  model
                      .call("serving_default", Map.of("ids", NpyArray.of(ids, 1, ids.length)))
                      .get("logits"))
              .floats();
    }
    assertThat(ids).hasSize(23);
    assertThat(tokens.get(0).probability()).isNaN();
    for (int i = 1; i < ids.length; i++) {
      double sum = 0;
      for (int v = 0; v < SmallLanguageModel.VOCABULARY.size(); v++) {
        sum += Math.exp(logits[(i - 1) * SmallLanguageModel.SYMBOLS + v]);
      }
      assertThat(tokens.get(i).probability())
          .isCloseTo(
              Math.exp(logits[(i - 1) * SmallLanguageModel.SYMBOLS + ids[i]]) / sum, within(1e-5));
      assertThat(tokens.get(i).changes()).isEmpty(); // nobody asked
    }
  }

  /** As a probe in another graph measures them when it reads the text at once. */
  @Test
  void changesAreThoseOfTheProbe() {
    assertThat(streams.hasChanges()).isTrue();
    List<TextToken> tokens = new ArrayList<>();
    try (TextStream text = streams.startWithChanges("ab", 15, draw(3))) {
      tokens.addAll(text.prompt());
      text.forEachRemaining(tokens::add);
    }
    int[] ids = tokens.stream().mapToInt(TextToken::id).toArray();
    TextTrace trace;
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      ParameterStore store = new ParameterStore(graph, 1L);
      TextProbe probe =
          new TextProbe(
              store.root().child("probe").tf(),
              SpecModels.languageModel(store.root(), TRAINED.spec));
      ParameterValues.assign(
          session, store, ParameterValues.read(TRAINED.session, TRAINED.store.model()));
      trace = probe.read(session, "text", ids);
    }
    assertThat(tokens.get(0).changes()).isEmpty();
    for (int i = 1; i < ids.length; i++) {
      Map<String, Double> expected = new LinkedHashMap<>();
      for (TextTrace.Change change : trace.changes()) {
        expected.put(change.weight() + "_" + change.gate(), change.norms()[i]);
      }
      Map<String, Double> changes = tokens.get(i).changes();
      assertThat(changes.keySet()).containsExactlyElementsOf(expected.keySet());
      assertThat(changes).containsKeys("W_h_i", "W_h_g", "W_h_f", "W_h_o");
      expected.forEach(
          (name, norm) ->
              assertThat(changes.get(name)).isCloseTo(norm, within(1e-4 * Math.max(1, norm))));
    }
  }

  @Test
  void aCancelledStreamEndsAndIsFreed() throws Exception {
    TextStream text = streams.start("a", 1_000_000, draw(1));
    CountDownLatch written = new CountDownLatch(5);
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      Future<Integer> reader =
          pool.submit(
              () -> {
                while (text.hasNext()) {
                  text.next();
                  written.countDown();
                }
                return text.count();
              });
      written.await();
      text.cancel();
      assertThat(reader.get()).isBetween(5, 1_000_000 - 1);
    } finally {
      pool.shutdownNow();
    }
    assertThat(text.hasNext()).isFalse();
    assertThatThrownBy(text::next)
        .isInstanceOf(NoSuchElementException.class)
        .hasMessage("the stream was cancelled");
    assertThat(streams.running()).isZero();
    TextStream unread = streams.startWithChanges("a", 5, draw(1));
    unread.close();
    assertThat(unread.prompt()).isEmpty();
    assertThat(unread.rest()).isEmpty();
  }

  /** A text that was cut off must not look like one that has ended. */
  @Test
  void closingTheModelIsAnErrorForItsStreams() {
    TextStreams own = TextStreams.open(version);
    TextStream text = own.start("a", 10, draw(1));
    text.next();
    own.close();
    assertThatThrownBy(text::next)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> own.start("a", 10, draw(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the language model " + version + " is closed");

    try (LoadedModel model = LoadedModel.open(version)) {
      TextStreams borrowed = TextStreams.of(model);
      assertThat(borrowed.start("a", 10, draw(1)).rest()).isEqualTo(generated("a", 10, draw(1)));
      borrowed.close();
      assertThat(model.signature("step").key()).isEqualTo("step"); // still open
    }
  }

  /** A character of two bytes appears with its second one. */
  @Test
  void charactersOfSeveralBytesAppearWhole() {
    Vocabulary bytes =
        Vocabulary.of(Vocabulary.Kind.BYTES, TextPart.of("test", "ab\n\u00c3\u00a9"));
    StringBuilder text = new StringBuilder();
    List<Integer> ids = new ArrayList<>();
    try (TextStream stream =
        new TextStream(
            new StreamingModel(TRAINED.session, TRAINED.signature("step")),
            null,
            bytes,
            bytes.encodeTyped("prompt", "é").ids(),
            60,
            new SymbolDraw(1f, null, 4),
            ended -> {})) {
      assertThat(stream.prompt()).extracting(TextToken::text).containsExactly("", "é");
      stream.forEachRemaining(
          token -> {
            text.append(token.text());
            ids.add(token.id());
          });
    }
    byte[] all = bytes.decode(ids.stream().mapToInt(i -> i).toArray());
    assertThat(all).hasSize(60);
    assertThat(text).hasToString(new String(all, UTF_8));
  }

  @Test
  void whatCannotBeWrittenIsRefusedAtOnce() {
    assertThatThrownBy(() -> streams.start("abX", 3, draw(1)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("prompt: unknown symbol 'X' (U+0058) at position 2");
    assertThatThrownBy(() -> streams.start("a", -1, draw(1)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "length: a text cannot be that short; expected 0 or more, received -1");
    Path foreign = Path.of("src/test/resources/export/foreign/half_plus_two");
    assertThatThrownBy(() -> TextStreams.open(foreign))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("has no signature 'step'");
    assertThat(TextStreams.isIn(version)).isTrue();
    assertThat(TextStreams.isIn(foreign)).isFalse();
    assertThat(TextStreams.isIn(folder.resolve("none"))).isFalse();
  }
}
