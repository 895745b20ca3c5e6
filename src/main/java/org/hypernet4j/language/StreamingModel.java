// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.ServingSignature;
import org.hypernet4j.export.verify.ModelSession;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A language model that reads one stream symbol by symbol through its signature {@code step}. The
 * state stays in TensorFlow's memory. There is one stream, so calls of several threads run one
 * after another; closing waits for the step that runs.
 */
public final class StreamingModel implements AutoCloseable {
  // in the caller's thread: most ops of a step end sooner than another thread would start one
  private static final RunOptions OPTIONS =
      RunOptions.newBuilder().setInterOpThreadPool(-1).build();

  private static final int MAX_SIZE = 1 << 26;

  private final Function<Tensor, Result> step;
  private final Operand<?> ids;
  private final Operand<?> logits;
  private final int symbols;
  private final List<Operand<?>> stateIn = new ArrayList<>();
  private final List<Operand<?>> stateOut = new ArrayList<>();
  private final List<Tensor> zeros = new ArrayList<>();
  private @Nullable Result last;
  private boolean closed;

  /**
   * Creates a reader whose state is zero.
   *
   * @param session the session, which the caller closes
   * @param step the signature, see {@link LanguageModelSignatures}
   * @throws UserError if the signature is not that of a language model's step
   */
  public StreamingModel(Session session, ServingSignature step) {
    this(step, model -> symbol -> model.run(session, symbol));
  }

  /** As {@link #StreamingModel(Session, ServingSignature)}, with a model that was loaded. */
  public StreamingModel(ModelSession session, ServingSignature step) {
    this(step, model -> symbol -> model.run(session, symbol));
  }

  private StreamingModel(
      ServingSignature step, Function<StreamingModel, Function<Tensor, Result>> runner) {
    this.step = runner.apply(this);
    ids = require(step, step.inputs().get(LanguageModelSignatures.IDS), DataType.DT_INT32, 1);
    logits =
        require(step, step.outputs().get(LanguageModelSignatures.LOGITS), DataType.DT_FLOAT, 2);
    symbols = size(step, logits);
    List<Integer> sizes = new ArrayList<>();
    step.inputs()
        .forEach(
            (alias, operand) -> {
              if (LanguageModelSignatures.isState(alias)) {
                stateIn.add(require(step, operand, DataType.DT_FLOAT, 2));
                stateOut.add(require(step, step.outputs().get(alias), DataType.DT_FLOAT, 2));
                sizes.add(size(step, operand));
              }
            });
    for (int size : sizes) {
      zeros.add(TFloat32.tensorOf(Shape.of(1, size), DataBuffers.of(new float[size])));
    }
  }

  private static Operand<?> require(
      ServingSignature step, @Nullable Operand<?> operand, DataType type, int axes) {
    if (operand == null
        || operand.asOutput().dataType() != type
        || operand.shape().isUnknown()
        || operand.shape().numDimensions() != axes) {
      throw noStep(
          step, operand == null ? "a tensor is missing" : operand.asOutput().name() + " is other");
    }
    return operand;
  }

  private static int size(ServingSignature step, Operand<?> operand) {
    long size = operand.shape().get(1);
    if (size < 1 || size > MAX_SIZE) {
      throw noStep(step, operand.asOutput().name() + " has the size " + size);
    }
    return (int) size;
  }

  private static UserError noStep(ServingSignature step, String received) {
    return UserError.in("signature '" + step.key() + "'")
        .what("is not the step of a language model")
        .expected("ids int32 [?], logits and every state float32 [?, size]")
        .received(received)
        .build();
  }

  /** The number of logits, V. */
  public int symbols() {
    return symbols;
  }

  /** Sets the state back to zero. */
  public synchronized void restart() {
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
  public synchronized float[] read(int id) {
    if (closed) {
      throw new IllegalStateException("the model is closed");
    }
    if (id < 0 || id >= symbols()) {
      throw new IllegalArgumentException("id " + id + " of " + symbols() + " symbols");
    }
    Result before = last;
    try (TInt32 symbol = TInt32.vectorOf(id)) {
      last = step.apply(symbol);
    }
    if (before != null) {
      before.close();
    }
    Tensor answer = last.get(0);
    if (answer.dataType() != DataType.DT_FLOAT || answer.shape().size() != symbols) {
      throw UserError.in("signature 'step'")
          .what("answers with other logits than it declares")
          .expected("float32 [1, " + symbols + "]")
          .received(answer.dataType() + " " + answer.shape())
          .build();
    }
    float[] scores = new float[symbols];
    answer.asRawTensor().data().asFloats().read(scores);
    return scores;
  }

  private Result run(Session session, Tensor symbol) {
    Session.Runner runner = session.runner().setOptions(OPTIONS);
    runner.feed(ids.asOutput(), symbol).fetch(logits);
    for (int i = 0; i < stateIn.size(); i++) {
      runner.feed(stateIn.get(i).asOutput(), state(i)).fetch(stateOut.get(i));
    }
    return runner.run();
  }

  private Result run(ModelSession session, Tensor symbol) {
    ModelSession.Runner runner = session.runner().setOptions(OPTIONS);
    runner.feed(ids, symbol).fetch(logits);
    for (int i = 0; i < stateIn.size(); i++) {
      runner.feed(stateIn.get(i), state(i)).fetch(stateOut.get(i));
    }
    return runner.run();
  }

  private Tensor state(int part) {
    return last == null ? zeros.get(part) : last.get(part + 1);
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      restart();
      zeros.forEach(Tensor::close);
    }
  }
}
