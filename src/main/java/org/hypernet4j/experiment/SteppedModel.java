package org.hypernet4j.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.hypernet4j.export.ServingSignature;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A language model that reads one stream symbol by symbol through its signature {@code step}. The
 * state stays in TensorFlow's memory. Not for several threads.
 */
public final class SteppedModel implements AutoCloseable {
  // in the caller's thread: most ops of a step are over sooner than another thread takes one up
  private static final RunOptions OPTIONS =
      RunOptions.newBuilder().setInterOpThreadPool(-1).build();

  private final Session session;
  private final Operand<?> ids;
  private final Operand<?> logits;
  private final List<Operand<?>> stateIn = new ArrayList<>();
  private final List<Operand<?>> stateOut = new ArrayList<>();
  private final List<Tensor> zeros = new ArrayList<>();
  private @Nullable Result last;

  /**
   * Begins with a state of zeros.
   *
   * @param session stays the caller's
   * @param step the signature, see {@link LanguageModelSignatures}
   */
  public SteppedModel(Session session, ServingSignature step) {
    this.session = session;
    ids = Objects.requireNonNull(step.inputs().get(LanguageModelSignatures.IDS));
    logits = Objects.requireNonNull(step.outputs().get(LanguageModelSignatures.LOGITS));
    step.inputs()
        .forEach(
            (alias, operand) -> {
              if (LanguageModelSignatures.isState(alias)) {
                stateIn.add(operand);
                stateOut.add(Objects.requireNonNull(step.outputs().get(alias)));
                int size = Math.toIntExact(operand.shape().get(1));
                zeros.add(TFloat32.tensorOf(Shape.of(1, size), DataBuffers.of(new float[size])));
              }
            });
  }

  /** V, how many logits there are. */
  public int symbols() {
    return Math.toIntExact(logits.shape().get(1));
  }

  /** Forgets what was read. */
  public void restart() {
    if (last != null) {
      last.close();
      last = null;
    }
  }

  /**
   * Reads a symbol.
   *
   * @param id from 0 to V - 1
   * @return logits of what may follow, {@code [V]}
   */
  public float[] read(int id) {
    if (id < 0 || id >= symbols()) {
      throw new IllegalArgumentException("id " + id + " of " + symbols() + " symbols");
    }
    Result before = last;
    try (TInt32 symbol = TInt32.vectorOf(id)) {
      Session.Runner runner = session.runner().setOptions(OPTIONS);
      runner.feed(ids.asOutput(), symbol).fetch(logits);
      for (int i = 0; i < stateIn.size(); i++) {
        runner.feed(stateIn.get(i).asOutput(), before == null ? zeros.get(i) : before.get(i + 1));
        runner.fetch(stateOut.get(i));
      }
      last = runner.run();
    }
    if (before != null) {
      before.close();
    }
    float[] scores = new float[symbols()];
    last.get(0).asRawTensor().data().asFloats().read(scores);
    return scores;
  }

  @Override
  public void close() {
    restart();
    zeros.forEach(Tensor::close);
  }
}
