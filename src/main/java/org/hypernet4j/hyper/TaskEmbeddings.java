// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.hyper;

import org.hypernet4j.error.UserError;
import org.hypernet4j.graph.Initializer;
import org.hypernet4j.graph.Parameter;
import org.hypernet4j.graph.ParameterScope;
import org.hypernet4j.graph.Role;
import org.hypernet4j.graph.Shapes;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Embeddings by task: the same generator makes different weights for every task, and each task
 * needs only a few parameters of its own.
 *
 * <pre>{@code
 * GeneratedKernels table = new GeneratedKernels(generator).add("conv2", shape);
 * TaskEmbeddings tasks =
 *     new TaskEmbeddings(scope.child("tasks"), 10, table.embeddings(), 64, Initializers.normal(0f, 1f));
 * table.build(tf, tasks.of(tf, task));             // one task: kernels [height, width, in, out]
 * table.buildPerExample(tf, tasks.ofEach(tf, ids)); // a task for each example: [batch, height, ...]
 * }</pre>
 *
 * <p>Parameter: {@code z [tasks, rows N_z]}.
 */
public final class TaskEmbeddings {
  private final int rows;
  private final int size;
  private final Parameter z;

  /**
   * Creates the table.
   *
   * @param tasks number of tasks
   * @param rows embeddings of one task: those of a whole {@link GeneratedKernels}, or 1
   * @param size N_z, the length of an embedding
   */
  public TaskEmbeddings(
      ParameterScope scope, int tasks, int rows, int size, Initializer initializer) {
    if (tasks < 1 || rows < 1 || size < 1) {
      throw UserError.in("task embeddings")
          .what("sizes must be positive")
          .received("tasks " + tasks + ", rows " + rows + ", size " + size)
          .build();
    }
    this.rows = rows;
    this.size = size;
    z = scope.parameter("z", Shape.of(tasks, (long) rows * size), initializer, Role.EMBEDDING);
  }

  /**
   * The embeddings of one task.
   *
   * @param task its number, a scalar; TensorFlow refuses on the CPU a number that is no task
   * @return {@code [rows, N_z]}
   */
  public Operand<TFloat32> of(Ops tf, Operand<TInt32> task) {
    Shapes.require("task embeddings", "task", task);
    return tf.reshape(
        tf.gather(z.value(), task, tf.constant(0)), tf.constant(new long[] {rows, size}));
  }

  /**
   * The embeddings of each example's task.
   *
   * @param tasks their numbers, {@code [batch]}
   * @return {@code [batch, rows, N_z]}
   */
  public Operand<TFloat32> ofEach(Ops tf, Operand<TInt32> tasks) {
    Shapes.require("task embeddings", "tasks", tasks, -1);
    return tf.reshape(
        tf.gather(z.value(), tasks, tf.constant(0)), tf.constant(new long[] {-1, rows, size}));
  }

  /** Embeddings of one task. */
  public int rows() {
    return rows;
  }

  /** N_z, the length of an embedding. */
  public int size() {
    return size;
  }

  /** The table, {@code [tasks, rows N_z]}. */
  public Parameter parameter() {
    return z;
  }
}
