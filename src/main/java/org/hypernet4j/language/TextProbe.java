// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.cell.DynamicWeight;
import org.hypernet4j.cell.StatePart;
import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.zoo.LanguageModel;
import org.hypernet4j.zoo.LanguageTrace;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Lets a language model read a text and measures, at every symbol, the change of its weights, the
 * content of its memory, and the bits of its prediction.
 *
 * <pre>{@code
 * TextProbe probe = new TextProbe(store.root().child("probe").tf(), model);
 * TextTrace trace = probe.read(session, "text", vocabulary.encodeTyped("text", text).ids());
 * }</pre>
 */
public final class TextProbe {
  // a run keeps the scales of all its steps: 48 kB a step for the paper's 1,000 units
  private static final int STEPS_A_RUN = 256;

  private final LanguageModel model;
  private final Operand<TInt32> ids;
  private final List<Operand<TFloat32>> initial = new ArrayList<>();
  private final LanguageTrace trace;
  private final List<Operand<TFloat32>> columns = new ArrayList<>();
  private final List<Integer> memories = new ArrayList<>();

  /** Adds the ops of the measurements to the model's graph. */
  public TextProbe(Ops tf, LanguageModel model) {
    this.model = model;
    ids = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
    for (StatePart part : model.stateParts()) {
      if (part.name().matches("(layer\\d+/)?(main/)?c")) {
        memories.add(initial.size());
      }
      initial.add(tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(1, part.size()))));
    }
    trace = model.trace(tf, ids, initial);
    for (DynamicWeight weight : trace.weights()) {
      Operand<TFloat32> matrix = weight.matrix();
      if (matrix != null) {
        columns.add(tf.reduceSum(tf.math.square(matrix), tf.constant(0)));
      } else {
        long size = weight.scale().shape().get(1);
        columns.add(tf.fill(tf.constant(new long[] {size}), tf.constant(1f)));
      }
    }
  }

  /**
   * Reads a text, from a state of zeros.
   *
   * @param where begins the message of an error, for example {@code text}
   * @param text ids
   * @throws UserError if there are fewer than two ids, or one is outside of the vocabulary
   */
  public TextTrace read(Session session, String where, int... text) {
    if (text.length < 2) {
      throw UserError.in(where)
          .what(text.length == 0 ? "the text is empty" : "the text is too short")
          .expected("2 symbols or more: what is shown is the change from one to the next")
          .received(text.length)
          .build();
    }
    model.requireIds(where, text);
    Reading reading = new Reading(session, where, text);
    for (int from = 0; from < text.length; from += STEPS_A_RUN) {
      reading.run(from, Math.min(text.length, from + STEPS_A_RUN));
    }
    return reading.result();
  }

  /** The scales of each weight before a text's first symbol. */
  private List<ScaleChanges> scales(Session session) {
    List<float[]> squares = fetch(session.runner(), columns);
    List<ScaleChanges> scales = new ArrayList<>();
    for (int i = 0; i < squares.size(); i++) {
      scales.add(new ScaleChanges(trace.weights().get(i), squares.get(i)));
    }
    return scales;
  }

  /** Whether the model's weights change from symbol to symbol. */
  boolean hasChanges() {
    return !trace.weights().isEmpty();
  }

  /** Follows a text of which each symbol comes when those before it have been read. */
  Follower follow(Session session) {
    return new Follower(session);
  }

  /** The change of the weights, symbol by symbol. Not for several threads. */
  final class Follower {
    private final Session session;
    private final List<ScaleChanges> scales;
    private final List<float[]> state = new ArrayList<>();

    private Follower(Session session) {
      this.session = session;
      scales = scales(session);
      model.stateParts().forEach(part -> state.add(new float[part.size()]));
    }

    /**
     * Reads a symbol.
     *
     * @return what {@link TextTrace.Change#norms} is at this symbol, by weight and gate, {@code
     *     W_h_i}; none for the first symbol
     */
    Map<String, Double> read(int id) {
      Map<String, Double> changes = new LinkedHashMap<>();
      List<Operand<TFloat32>> wanted = new ArrayList<>();
      trace.weights().forEach(weight -> wanted.add(weight.scale()));
      wanted.addAll(trace.finalState());
      try (Feeds feeds = new Feeds()) {
        feeds.ints(ids, Shape.of(1), id);
        for (int part = 0; part < initial.size(); part++) {
          feeds.floats(initial.get(part), initial.get(part).shape(), state.get(part));
        }
        List<float[]> values = fetch(feeds.into(session.runner()), wanted);
        for (int i = 0; i < scales.size(); i++) {
          DynamicWeight weight = trace.weights().get(i);
          String name = weight.name().replace('/', '_') + "_";
          scales
              .get(i)
              .follow(
                  values.get(i),
                  (row, gate, norm) -> changes.put(name + weight.gates().get(gate), norm));
        }
        for (int part = 0; part < state.size(); part++) {
          state.set(part, values.get(scales.size() + part));
        }
      }
      return changes;
    }
  }

  /** One text on its way through the model. */
  private final class Reading {
    private final Session session;
    private final String where;
    private final int[] text;
    private final double[] bits;
    private final List<TextTrace.Change> changes = new ArrayList<>();
    private final List<long[]> counts = new ArrayList<>();
    private final long[] saturated = new long[memories.size()];
    private final List<ScaleChanges> scales;
    private final List<float[]> state = new ArrayList<>();

    Reading(Session session, String where, int[] text) {
      this.session = session;
      this.where = where;
      this.text = text;
      bits = nothingKnown();
      scales = scales(session);
      for (DynamicWeight weight : trace.weights()) {
        for (String gate : weight.gates()) {
          changes.add(new TextTrace.Change(weight.name(), gate, nothingKnown()));
        }
      }
      model.stateParts().forEach(part -> state.add(new float[part.size()]));
      memories.forEach(part -> counts.add(new long[TextTrace.Memory.BINS]));
    }

    private double[] nothingKnown() {
      double[] values = new double[text.length];
      Arrays.fill(values, Double.NaN);
      return values;
    }

    void run(int from, int to) {
      List<Operand<TFloat32>> wanted = new ArrayList<>(List.of(trace.logits()));
      trace.weights().forEach(weight -> wanted.add(weight.scale()));
      memories.forEach(part -> wanted.add(trace.states().get(part)));
      wanted.addAll(trace.finalState());
      try (Feeds feeds = new Feeds()) {
        feeds.ints(ids, Shape.of(to - from), Arrays.copyOfRange(text, from, to));
        for (int part = 0; part < initial.size(); part++) {
          feeds.floats(initial.get(part), initial.get(part).shape(), state.get(part));
        }
        List<float[]> values = fetch(feeds.into(session.runner()), wanted);
        int at = 0;
        predicted(from, to, values.get(at++));
        int change = 0;
        for (int weight = 0; weight < scales.size(); weight++) {
          int first = change;
          scales
              .get(weight)
              .follow(
                  values.get(at++),
                  (row, gate, norm) -> changes.get(first + gate).norms()[from + row] = norm);
          change += trace.weights().get(weight).gates().size();
        }
        for (int memory = 0; memory < counts.size(); memory++) {
          remembered(memory, values.get(at++));
        }
        for (int part = 0; part < state.size(); part++) {
          state.set(part, values.get(at++));
        }
      }
    }

    /** The scores after each symbol are about the next. */
    private void predicted(int from, int to, float[] logits) {
      int v = model.symbols();
      for (int i = from; i < to && i + 1 < text.length; i++) {
        int row = (i - from) * v;
        double largest = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < v; k++) {
          largest = Math.max(largest, logits[row + k]);
        }
        double sum = 0;
        for (int k = 0; k < v; k++) {
          sum += Math.exp(logits[row + k] - largest);
        }
        if (!Double.isFinite(sum)) {
          throw UserError.in(where)
              .what("the model's scores after symbol " + i + " (counted from 0) are not finite")
              .next("look for the step at which training diverged, or take another checkpoint")
              .build();
        }
        bits[i + 1] = (largest + Math.log(sum) - logits[row + text[i + 1]]) / Math.log(2);
      }
    }

    private void remembered(int memory, float[] c) {
      long[] bins = counts.get(memory);
      for (float value : c) {
        double shown = Math.tanh(value);
        bins[Math.min(bins.length - 1, (int) ((shown + 1) / 2 * bins.length))]++;
        saturated[memory] += Math.abs(shown) > 0.9 ? 1 : 0;
      }
    }

    TextTrace result() {
      List<TextTrace.Memory> remembered = new ArrayList<>();
      for (int i = 0; i < counts.size(); i++) {
        String part = model.stateParts().get(memories.get(i)).name();
        remembered.add(new TextTrace.Memory(part, counts.get(i), saturated[i]));
      }
      return new TextTrace(text.clone(), bits, changes, remembered);
    }
  }

  private static List<float[]> fetch(Session.Runner runner, List<Operand<TFloat32>> wanted) {
    List<float[]> values = new ArrayList<>();
    if (wanted.isEmpty()) {
      return values;
    }
    wanted.forEach(runner::fetch);
    try (Result result = runner.run()) {
      for (int i = 0; i < wanted.size(); i++) {
        TFloat32 tensor = (TFloat32) result.get(i);
        float[] flat = new float[Math.toIntExact(tensor.size())];
        tensor.asRawTensor().data().asFloats().read(flat);
        values.add(flat);
      }
    }
    return values;
  }
}
