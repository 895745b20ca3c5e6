package org.hypernet4j.experiment;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.LoadedModel;
import org.hypernet4j.export.ModelGuide;
import org.hypernet4j.export.ServingSignature;
import org.tensorflow.Session;

/** A language model that is open for writing text, wherever it came from. */
public final class TextModel implements AutoCloseable {
  private final AutoCloseable owner;
  private final SteppedModel stepped;
  private final Vocabulary vocabulary;
  private final TextGenerator generator;

  private TextModel(
      AutoCloseable owner, Session session, ServingSignature step, Vocabulary vocabulary) {
    this.owner = owner;
    this.vocabulary = vocabulary;
    stepped = new SteppedModel(session, step);
    generator = new TextGenerator(stepped, vocabulary);
  }

  /**
   * Opens an exported model.
   *
   * @param folder of one version, with {@code saved_model.pb} in it
   * @throws UserError if there is none, or it is no language model
   */
  public static TextModel exported(Path folder) {
    LoadedModel model = LoadedModel.open(folder);
    boolean complete = false;
    try {
      ServingSignature step = model.signature(LanguageModelSignatures.STEP);
      String file = LanguageModelExport.VOCABULARY;
      TextModel opened =
          new TextModel(
              model,
              model.session(),
              step,
              vocabulary(folder.resolve(ModelGuide.path(file)), model.file(file)));
      complete = true;
      return opened;
    } finally {
      if (!complete) {
        model.close();
      }
    }
  }

  private static Vocabulary vocabulary(Path file, String text) {
    try {
      return Vocabulary.fromJson(JsonParser.parseString(text), file.toString());
    } catch (JsonParseException e) {
      throw UserError.in(file).what("not JSON").received(e.getMessage()).cause(e).build();
    }
  }

  /** The symbols of prompts and texts. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** Writes text with the model. */
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
}
