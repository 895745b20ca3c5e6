// SPDX-License-Identifier: Apache-2.0
package service;

import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.predict.Named;
import org.hypernet4j.predict.Predictor;
import org.hypernet4j.predict.TypedPredictor;

/** Says what digit an image shows: one model for all threads of a program. */
public final class DigitService implements AutoCloseable {
  /** 28 x 28 pixels from 0, the background, to 1, row by row. */
  public record Digit(float[] image) {}

  /** The probabilities of 0 to 9, and the largest of them. */
  public record Answer(float[] probabilities, @Named("class") long digit) {}

  private final Predictor model;
  private final TypedPredictor<Digit, Answer> digits;

  /** Opens one version of an exported model and holds the records against its signature. */
  public DigitService(Path version) {
    model = Predictor.open(version);
    digits = model.typed(Digit.class, Answer.class);
  }

  /** One image. */
  public Answer answer(float[] pixels) {
    return digits.predict(new Digit(pixels));
  }

  /** Many images in one call of the model. */
  public List<Answer> answers(List<float[]> images) {
    return digits.predict(images.stream().map(Digit::new).toList());
  }

  /** Refuses new calls and waits for those that run. */
  @Override
  public void close() {
    model.close();
  }
}
