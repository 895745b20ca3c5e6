// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ModelTrust;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.graph.internal.CallGate;
import org.hypernet4j.run.InferenceSession;
import org.hypernet4j.run.RunFolder;
import org.hypernet4j.spec.LanguageModelSpec;
import org.hypernet4j.zoo.SymbolDraw;
import org.jspecify.annotations.Nullable;

/**
 * A language model that writes any number of texts at once, each a {@link TextStream} with a state
 * of its own in TensorFlow's memory. For several threads; streams do not wait for each other.
 *
 * <pre>{@code
 * try (TextStreams model = TextStreams.open(Path.of("export/models/shakespeare-hyperlstm/1"));
 *     TextStream text = model.start("ROMEO:", 500, new SymbolDraw(0.8f, null, 1))) {
 *   while (text.hasNext()) {
 *     System.out.print(text.next().text());
 *   }
 * }
 * }</pre>
 */
public final class TextStreams implements AutoCloseable {
  private final Supplier<StreamingModel> readers;
  private final Supplier<@Nullable InferenceSession<TextProbe>> probes;
  private final Vocabulary vocabulary;
  private final Runnable closing;
  private final CallGate gate;
  private final Set<TextStream> open = ConcurrentHashMap.newKeySet();
  private final Object probing = new Object();
  private @Nullable InferenceSession<TextProbe> probe;
  private boolean probed;

  private TextStreams(
      String what,
      Supplier<StreamingModel> readers,
      Supplier<@Nullable InferenceSession<TextProbe>> probes,
      Vocabulary vocabulary,
      Runnable closing) {
    this.readers = readers;
    this.probes = probes;
    this.vocabulary = vocabulary;
    this.closing = closing;
    gate = new CallGate(what);
    try (StreamingModel reader = readers.get()) {
      TextGenerator.requireFits(reader, vocabulary);
    }
  }

  /**
   * Opens the best model of a run, or an exported model.
   *
   * @param folder of a run, or of one version of an exported model
   * @throws org.hypernet4j.error.UserError if it is neither, or not of a language model
   */
  public static TextStreams open(Path folder) {
    return open(folder, ModelTrust.NONE);
  }

  /** As {@link #open(Path)}; an exported model's author may be trusted. */
  public static TextStreams open(Path folder, ModelTrust trust) {
    if (RunFolder.isRun(folder)) {
      LanguageRun run = LanguageRun.open(folder);
      TrainedLanguageModel trained = run.best();
      return opened(
          trained::close,
          () ->
              new TextStreams(
                  "the model of " + folder,
                  trained::stepped,
                  run::probe,
                  trained.vocabulary(),
                  trained::close));
    }
    LoadedModel model = LoadedModel.open(folder, trust);
    return opened(model::close, () -> of(model, model::close));
  }

  private static TextStreams opened(Runnable orElse, Supplier<TextStreams> opening) {
    boolean complete = false;
    try {
      TextStreams streams = opening.get();
      complete = true;
      return streams;
    } finally {
      if (!complete) {
        orElse.run();
      }
    }
  }

  /**
   * Takes a model that is open, {@code predictor.model()} for example, and that stays open when the
   * streams are closed.
   *
   * @throws org.hypernet4j.error.UserError if it is no language model
   */
  public static TextStreams of(LoadedModel model) {
    return of(model, () -> {});
  }

  private static TextStreams of(LoadedModel model, Runnable closing) {
    ServingSignature step = model.signature(LanguageModelSignatures.STEP);
    return new TextStreams(
        "the language model " + model.folder(),
        () -> new StreamingModel(model.session(), step),
        () -> ExportedProbe.open(model),
        LanguageModelExport.vocabulary(model),
        closing);
  }

  /** Whether a folder is a run of a language model, or an exported one. */
  public static boolean isIn(Path folder) {
    if (RunFolder.isRun(folder)) {
      return RunFolder.existing(folder).specification().model() instanceof LanguageModelSpec;
    }
    if (!Manifest.isIn(folder)) {
      return false;
    }
    Manifest manifest = Manifest.read(folder);
    JsonObject guide = manifest.guide();
    return guide != null
        && guide.get("vocabulary") instanceof JsonObject symbols
        && symbols.has("emptyPrompt")
        && manifest.signatures().containsKey(LanguageModelSignatures.STEP);
  }

  /** The symbols of prompts and texts. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /**
   * Begins a text. Nothing is computed before it is read.
   *
   * @param prompt is read first and is not part of the text; if it is empty the text begins as if
   *     after a newline, or after the vocabulary's first symbol where it has no newline
   * @param length how many symbols to write at most, 0 or more
   * @param draw temperature, top-k and seed
   * @return the stream, which the caller reads to its end or closes
   * @throws org.hypernet4j.error.UserError if the prompt has a symbol that the vocabulary lacks, or
   *     the length is negative
   * @throws IllegalStateException after {@link #close}
   */
  public TextStream start(String prompt, int length, SymbolDraw draw) {
    return start(prompt, length, draw, false);
  }

  /**
   * As {@link #start}, with the change of the weights at each symbol, which takes longer; see
   * {@link TextToken#changes}. Without them if the model has none to show: {@link #hasChanges}.
   */
  public TextStream startWithChanges(String prompt, int length, SymbolDraw draw) {
    return start(prompt, length, draw, true);
  }

  private TextStream start(String prompt, int length, SymbolDraw draw, boolean changes) {
    TextGenerator.requireLength("length", length);
    int[] given = TextGenerator.read(vocabulary, prompt);
    return gate.within(
        () -> {
          InferenceSession<TextProbe> measured = changes ? probe() : null;
          TextProbe.Follower follower =
              measured == null ? null : measured.model().follow(measured.session());
          TextStream stream =
              new TextStream(
                  readers.get(),
                  follower == null ? null : id -> gate.within(() -> follower.read(id)),
                  vocabulary,
                  given,
                  length,
                  draw,
                  open::remove);
          open.add(stream);
          return stream;
        });
  }

  /**
   * Whether the model's weights change from symbol to symbol, and can be measured: those of a run,
   * and those of a model that this library exported. The first call builds the network once more.
   */
  public boolean hasChanges() {
    return gate.within(this::probe) != null;
  }

  private @Nullable InferenceSession<TextProbe> probe() {
    synchronized (probing) {
      if (!probed) {
        probe = probes.get();
        probed = true;
      }
      return probe;
    }
  }

  /** How many streams have neither ended nor been closed. */
  public int running() {
    return open.size();
  }

  /**
   * Frees the model. Streams that are open fail when they are read on: a text that was cut off must
   * not look like one that has ended.
   */
  @Override
  public void close() {
    if (gate.close()) {
      open.forEach(TextStream::free);
      if (probe != null) {
        probe.close();
      }
      closing.run();
    }
  }
}
