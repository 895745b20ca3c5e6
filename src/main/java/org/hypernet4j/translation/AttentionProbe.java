// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.translation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.data.TranslationBatch;
import org.hypernet4j.graph.Feeds;
import org.hypernet4j.zoo.TranslationModel;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** What a model attends to, and how its weights change, while it writes a given translation. */
final class AttentionProbe {
  private final Placeholder<TInt32> source;
  private final Placeholder<TInt32> inputs;
  private final Operand<TFloat32> alignments;
  private final Map<String, Operand<TFloat32>> changes;

  /**
   * What was seen.
   *
   * @param alignments a row for each piece of the translation and its end, a column for each source
   *     piece
   * @param changes how much each weight of the lowest layer has changed at each piece since the one
   *     before, by its name and gate, {@code W_h_i}; NaN at the first. Empty where weights are
   *     constant
   */
  record Seen(double[][] alignments, Map<String, double[]> changes) {}

  /** Adds the ops to a graph. */
  AttentionProbe(Ops tf, TranslationModel model) {
    source = ids(tf, "source");
    inputs = ids(tf, "inputs");
    TranslationModel.Encoded encoded =
        model.encode(tf, source, tf.shape.size(source, tf.constant(1)), null);
    Operand<TInt32> steps = tf.shape.size(inputs, tf.constant(1));
    TranslationModel.Written written = model.write(tf, encoded, inputs, steps, null);
    alignments = model.alignments(tf, encoded, written.queries());
    changes = model.changes(tf, encoded, inputs);
  }

  private static Placeholder<TInt32> ids(Ops tf, String name) {
    return tf.withName(name).placeholder(TInt32.class, Placeholder.shape(Shape.of(1, -1)));
  }

  /**
   * Writes a translation under guidance.
   *
   * @param read ids of the source, at least one
   * @param written ids of the translation without marks
   */
  Seen see(Session session, int[] read, int[] written) {
    int steps = written.length + 1;
    int[] given = new int[steps];
    given[0] = TranslationBatch.START;
    System.arraycopy(written, 0, given, 1, written.length);
    List<String> names = new ArrayList<>(changes.keySet());
    try (Feeds feeds = new Feeds()) {
      feeds
          .ints(source, Shape.of(1, read.length), read)
          .ints(inputs, Shape.of(1, steps), given);
      Session.Runner runner = feeds.into(session.runner()).fetch(alignments);
      names.forEach(name -> runner.fetch(changes.get(name)));
      try (Result result = runner.run()) {
        float[] flat = floats(result, 0);
        double[][] rows = new double[steps][read.length];
        for (int i = 0; i < flat.length; i++) {
          rows[i / read.length][i % read.length] = flat[i];
        }
        Map<String, double[]> seen = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
          float[] norms = floats(result, i + 1);
          double[] own = new double[steps];
          own[0] = Double.NaN;
          for (int t = 0; t < norms.length; t++) {
            own[t + 1] = norms[t];
          }
          seen.put(names.get(i), own);
        }
        return new Seen(rows, seen);
      }
    }
  }

  private static float[] floats(Result result, int index) {
    TFloat32 tensor = (TFloat32) result.get(index);
    float[] values = new float[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asFloats().read(values);
    return values;
  }
}
