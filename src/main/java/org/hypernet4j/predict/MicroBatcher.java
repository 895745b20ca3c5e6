// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.predict;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.hypernet4j.error.UserError;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.io.NpyRows;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the calls of many threads together: a model needs less time for one batch of eight rows than
 * for eight of one.
 *
 * <pre>{@code
 * try (Servable digits = MicroBatcher.of(Predictor.open(folder), MicroBatcher.Settings.DEFAULT)) {
 *   // from any number of threads
 *   Map<String, NpyArray> answer = digits.predict(Map.of("image", image));
 * }
 * }</pre>
 *
 * <p>Calls of a signature join along axis 0 if all its inputs and outputs are {@code [batch, ...]}
 * and their rows have equal shapes; nothing is ever padded. All others run alone, in the caller's
 * thread. The rows of a model must not influence each other, as those of exported models do not.
 *
 * <p>A call whose inputs do not fit never enters a batch. If a batch fails, its calls are run one
 * by one, so that only those fail that must.
 */
public final class MicroBatcher implements Servable {
  private static final Logger LOG = LoggerFactory.getLogger(MicroBatcher.class);

  private final Servable servable;
  private final ModelDescription model;
  private final Settings settings;
  private final ServingListener listener;
  private final Map<String, JoinRule> rules = new HashMap<>();
  private final BatchQueue queue;
  private final List<Thread> workers = new ArrayList<>();

  private MicroBatcher(Servable servable, Settings settings, ServingListener listener) {
    this.servable = servable;
    this.settings = settings;
    this.listener = listener;
    model = servable.description();
    queue = new BatchQueue("the model '" + model.name() + "'", settings);
    model
        .signatures()
        .forEach(
            (key, signature) -> {
              JoinRule rule = JoinRule.of(signature);
              if (rule != null) {
                rules.put(key, rule);
              }
            });
  }

  /**
   * How calls are put together.
   *
   * @param maxBatch most rows of a batch; a call with as many or more runs alone
   * @param maxWait longest time that a call waits for others, unless all threads are busy
   * @param maxQueued most rows that wait; a call that would exceed it is refused
   * @param threads how many batches run at a time
   */
  public record Settings(int maxBatch, Duration maxWait, int maxQueued, int threads) {
    /** As the batching file of exported models tells TensorFlow Serving. */
    public static final Settings DEFAULT = new Settings(32, Duration.ofMillis(1), 3200, 2);

    /** Checks the numbers. */
    public Settings {
      require(maxBatch >= 1, "maxBatch", "at least 1", maxBatch);
      require(
          !maxWait.isNegative() && maxWait.compareTo(Duration.ofHours(1)) <= 0,
          "maxWait",
          "0 to 1 hour",
          maxWait);
      require(maxQueued >= maxBatch, "maxQueued", "at least maxBatch, " + maxBatch, maxQueued);
      require(threads >= 1 && threads <= 1024, "threads", "1 to 1024", threads);
    }

    private static void require(boolean good, String name, String expected, Object received) {
      if (!good) {
        throw UserError.in("batching")
            .what(name + " cannot be used")
            .expected(expected)
            .received(received)
            .build();
      }
    }
  }

  /** Stands before a servable, which it closes with itself. */
  public static MicroBatcher of(Servable servable, Settings settings) {
    return of(servable, settings, ServingListener.NONE);
  }

  /** As {@link #of(Servable, Settings)}, with one who hears of the batches. */
  public static MicroBatcher of(Servable servable, Settings settings, ServingListener listener) {
    MicroBatcher batcher = new MicroBatcher(servable, settings, listener);
    batcher.start();
    return batcher;
  }

  private void start() {
    for (int i = 0; i < settings.threads(); i++) {
      Thread worker = new Thread(this::work, "batches of " + model.name() + "-" + (i + 1));
      worker.setDaemon(true);
      workers.add(worker);
      worker.start();
    }
  }

  @Override
  public ModelDescription description() {
    return model;
  }

  /**
   * {@inheritDoc}
   *
   * @throws OverloadedException if too many rows wait
   * @throws CancellationException if this thread is interrupted while the call waits
   */
  @Override
  public Map<String, NpyArray> predict(String signature, Map<String, NpyArray> inputs) {
    return predict(signature, inputs, Duration.ZERO);
  }

  /** {@inheritDoc} Calls that join others are answered with all outputs first. */
  @Override
  public Map<String, NpyArray> predict(
      String signature, Map<String, NpyArray> inputs, Collection<String> wanted) {
    JoinRule rule = rules.get(signature);
    if (rule == null || rule.key(inputs) == null) {
      queue.requireOpen();
      return servable.predict(signature, inputs, wanted);
    }
    return Servable.super.predict(signature, inputs, wanted);
  }

  /**
   * As {@link #predict(String, Map)}, waiting for so long at most. It holds for calls that may join
   * others; one that runs alone takes its time.
   *
   * @param timeout zero for no limit
   * @throws OverloadedException also if the answer is not there in time
   */
  public Map<String, NpyArray> predict(
      String signature, Map<String, NpyArray> inputs, Duration timeout) {
    queue.requireOpen();
    JoinRule rule = rules.get(signature);
    JoinRule.Key key = rule == null ? null : rule.key(inputs);
    if (rule == null || key == null) {
      return servable.predict(signature, inputs);
    }
    if (!rule.allows() || JoinRule.rows(inputs) >= settings.maxBatch()) {
      Map<String, NpyArray> answer = servable.predict(signature, inputs);
      rule.observe(inputs, answer);
      return answer;
    }
    BatchedCall call = new BatchedCall(key, Map.copyOf(inputs));
    listener.queued(model, call.rows());
    try {
      queue.add(call);
    } catch (OverloadedException | IllegalStateException e) {
      listener.queued(model, -call.rows());
      throw e;
    }
    return await(call, timeout);
  }

  private Map<String, NpyArray> await(BatchedCall call, Duration timeout) {
    try {
      return timeout.isZero()
          ? call.answer().get()
          : call.answer().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      leave(call);
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while the call waited for its answer");
    } catch (TimeoutException e) {
      leave(call);
      throw new OverloadedException(
          "the model '%s' gave no answer within %d ms".formatted(model.name(), timeout.toMillis()));
    } catch (ExecutionException e) {
      throw failed(e.getCause());
    }
  }

  /** What runs already runs on, and its answer is for nobody. */
  private void leave(BatchedCall call) {
    if (queue.remove(call)) {
      listener.queued(model, -call.rows());
    }
  }

  private static RuntimeException failed(@Nullable Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException e ? e : new IllegalStateException(cause);
  }

  private void work() {
    for (List<BatchedCall> batch = queue.take(); batch != null; batch = queue.take()) {
      List<Runnable> answers = new ArrayList<>();
      try {
        run(batch, answers);
      } catch (RuntimeException | Error e) {
        // a listener's, or no memory: whoever still waits must hear of it
        batch.forEach(call -> answers.add(() -> call.answer().completeExceptionally(e)));
      }
      // first, or those who call again at once would be counted twice
      queue.answered(batch.size());
      answers.forEach(Runnable::run);
    }
  }

  private void run(List<BatchedCall> batch, List<Runnable> answers) {
    BatchEvent event = new BatchEvent();
    event.begin();
    int rows = batch.stream().mapToInt(BatchedCall::rows).sum();
    String signature = batch.get(0).key().signature();
    listener.queued(model, -rows);
    List<Map<String, NpyArray>> parts =
        batch.size() > 1 ? runTogether(signature, batch) : List.of();
    for (int i = 0; i < batch.size(); i++) {
      BatchedCall call = batch.get(i);
      if (parts.isEmpty()) {
        answers.add(runAlone(signature, call));
      } else {
        Map<String, NpyArray> part = parts.get(i);
        answers.add(() -> call.answer().complete(part));
      }
    }
    listener.batched(model, signature, batch.size(), rows);
    event.end();
    if (event.shouldCommit()) {
      event.model = model.name();
      event.version = model.version();
      event.signature = signature;
      event.calls = batch.size();
      event.rows = rows;
      event.apart = parts.isEmpty() && batch.size() > 1;
      event.commit();
    }
  }

  private Runnable runAlone(String signature, BatchedCall call) {
    try {
      Map<String, NpyArray> answer = servable.predict(signature, call.inputs());
      return () -> call.answer().complete(answer);
    } catch (RuntimeException | Error e) {
      return () -> call.answer().completeExceptionally(e);
    }
  }

  /** The answers of the calls; none if each must be run alone. */
  private List<Map<String, NpyArray>> runTogether(String signature, List<BatchedCall> batch) {
    int[] rows = batch.stream().mapToInt(BatchedCall::rows).toArray();
    List<Map<String, NpyArray>> answers = new ArrayList<>();
    batch.forEach(call -> answers.add(new LinkedHashMap<>()));
    try {
      Map<String, NpyArray> inputs = new LinkedHashMap<>();
      for (String name : batch.get(0).inputs().keySet()) {
        inputs.put(name, NpyRows.join(batch.stream().map(call -> input(call, name)).toList()));
      }
      Map<String, NpyArray> outputs = servable.predict(signature, inputs);
      JoinRule rule = rules.get(signature);
      if (rule == null || !rule.fits(inputs, outputs)) {
        forbid(signature, rule);
        return List.of();
      }
      outputs.forEach(
          (name, output) -> {
            List<NpyArray> parts = NpyRows.split(output, rows);
            for (int i = 0; i < rows.length; i++) {
              answers.get(i).put(name, parts.get(i));
            }
          });
      return answers;
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.debug("A batch of {} calls failed, they are run one by one", batch.size(), e);
      return List.of();
    }
  }

  private static NpyArray input(BatchedCall call, String name) {
    NpyArray input = call.inputs().get(name);
    if (input == null) {
      throw new IllegalStateException(name); // calls of one key have the same inputs
    }
    return input;
  }

  private void forbid(String signature, @Nullable JoinRule rule) {
    if (rule != null && rule.allows()) {
      rule.forbid();
      LOG.warn(
          "Calls of the signature '{}' of the model '{}' are not put together any more:"
              + " its outputs do not have the rows of its inputs",
          signature,
          model.name());
    }
  }

  /** Refuses new calls, answers those that wait, and closes the servable. */
  @Override
  public void close() {
    queue.close();
    boolean interrupted = false;
    for (Thread worker : workers) {
      while (worker.isAlive()) {
        try {
          worker.join();
        } catch (InterruptedException e) {
          interrupted = true; // a model in use must not be freed even so
        }
      }
    }
    servable.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
