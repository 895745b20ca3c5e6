// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import java.nio.file.Path;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ModelTrust;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.run.RunFolder;

/** A language model that is open for generating text, from a run or an export. */
public final class TextModel implements AutoCloseable {
  private final AutoCloseable owner;
  private final StreamingModel stepped;
  private final Vocabulary vocabulary;
  private final TextGenerator generator;

  private TextModel(AutoCloseable owner, StreamingModel stepped, Vocabulary vocabulary) {
    this.owner = owner;
    this.stepped = stepped;
    this.vocabulary = vocabulary;
    generator = new TextGenerator(stepped, vocabulary);
  }

  /**
   * Opens the best model of a run, or an exported model.
   *
   * @param folder of a run, or of one version of an exported model
   * @throws UserError if it is neither, or not of a language model
   */
  public static TextModel open(Path folder) {
    return open(folder, ModelTrust.NONE);
  }

  /** As {@link #open(Path)}; an exported model's author may be trusted. */
  public static TextModel open(Path folder, ModelTrust trust) {
    return RunFolder.isRun(folder) ? ofRun(folder) : exported(folder, trust);
  }

  private static TextModel ofRun(Path folder) {
    TrainedLanguageModel model = LanguageRun.open(folder).best();
    return new TextModel(model, model.stepped(), model.vocabulary());
  }

  /**
   * Opens an exported model.
   *
   * @param folder of one version, with {@code saved_model.pb} in it
   * @throws UserError if there is none, or it is no language model
   */
  public static TextModel exported(Path folder) {
    return exported(folder, ModelTrust.NONE);
  }

  private static TextModel exported(Path folder, ModelTrust trust) {
    LoadedModel model = LoadedModel.open(folder, trust);
    boolean complete = false;
    try {
      StreamingModel stepped =
          new StreamingModel(model.session(), model.signature(LanguageModelSignatures.STEP));
      TextModel opened = new TextModel(model, stepped, LanguageModelExport.vocabulary(model));
      complete = true;
      return opened;
    } finally {
      if (!complete) {
        model.close();
      }
    }
  }

  /** The symbols of prompts and texts. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** Generates text with the model. */
  public TextGenerator generator() {
    return generator;
  }

  @Override
  public void close() {
    stepped.close();
    try {
      owner.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Times single steps, each of one symbol of one stream with the state fed back: the cost of a
   * symbol in a service that answers one user.
   *
   * @param steps the number of timed steps, after a tenth of them as warm-up
   * @return nanoseconds of each
   */
  public long[] timeSteps(int steps) {
    stepped.restart();
    long[] nanos = new long[steps];
    for (int i = -Math.max(10, steps / 10); i < steps; i++) {
      long before = System.nanoTime();
      float[] logits = stepped.read(Math.floorMod(i, vocabulary.size()));
      long after = System.nanoTime();
      if (Float.isNaN(logits[0])) {
        throw UserError.in("bench").what("the model returns NaN").received("step " + i).build();
      }
      if (i >= 0) {
        nanos[i] = after - before;
      }
    }
    stepped.restart();
    return nanos;
  }
}
