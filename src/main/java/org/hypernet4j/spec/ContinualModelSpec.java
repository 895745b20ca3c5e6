// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.spec;

import org.hypernet4j.error.UserError;
import org.hypernet4j.json.Default;
import org.hypernet4j.json.Doc;
import org.hypernet4j.json.Range;
import org.hypernet4j.json.TypeName;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that are learned one after another by a network whose weights a hypernetwork makes from an
 * embedding of the task; a regulariser keeps the networks of earlier tasks as they were (von
 * Oswald, Henning, Sacramento and Grewe, "Continual learning with hypernetworks", ICLR 2020).
 *
 * @param tasks in their order
 * @param network whose weights are made
 * @param generator what makes them; {@code plain} for one network that all tasks share, {@code
 *     separate} for one that each has for itself
 * @param taskEmbeddingSize numbers of a task's embedding
 * @param ownHeads whether each task has outputs of its own
 * @param beta weight of the regulariser
 * @param lookAhead whether the regulariser looks at the parameters behind the step of the loss
 * @param stepsPerTask optimizer steps of a task
 * @param oldTasksPerStep earlier tasks in the regulariser of one step, or null for all
 */
@Doc(
    "Tasks learned one after another, by networks that a hypernetwork makes from task embeddings"
        + " (von Oswald et al. 2020)")
@TypeName("continual")
public record ContinualModelSpec(
    @Doc("The tasks, in their order") @Default("{\"type\": \"split\"}") TaskStreamSpec tasks,
    @Doc("The network that a task is solved with") @Default("{\"type\": \"mlp\"}")
        NetworkSpec network,
    @Doc(
            "What makes its weights from the embedding of a task; 'plain' for one network that all"
                + " tasks share, 'separate' for a network of each task's own")
        @Default("{\"type\": \"chunked\"}")
        GeneratorSpec generator,
    @Doc("Numbers in the embedding of a task") @Default("96") @Range(min = 1, max = 65_536)
        int taskEmbeddingSize,
    @Doc(
            "Whether each task has outputs of its own; otherwise the outputs of one task serve all"
                + " of them")
        @Default("true")
        boolean ownHeads,
    @Doc(
            "Weight of the regulariser: the mean over earlier tasks of the sum of squares by which"
                + " their networks have moved; 0 for none")
        @Default("0.01")
        @Range(min = 0, max = 1_000_000)
        double beta,
    @Doc(
            "Whether the regulariser looks at the parameters behind the step that the loss alone"
                + " takes")
        @Default("true")
        boolean lookAhead,
    @Doc("Optimizer steps of each task") @Default("2000") @Range(min = 1, max = 16_777_216)
        int stepsPerTask,
    @Doc("Earlier tasks in the regulariser of one step, drawn at random; without it, all")
        @Default(Default.NONE)
        @Range(min = 1, max = 1000)
        @Nullable Integer oldTasksPerStep)
    implements ModelSpec {

  /** Checks what no range of a single key can express. */
  public ContinualModelSpec {
    if (beta > 0 && !generates(generator)) {
      throw UserError.in("beta")
          .what("no hypernetwork is here whose networks could be kept")
          .expected("0 with the generators 'plain' and 'separate'")
          .received(beta)
          .next("set 'beta' to 0, or choose another generator")
          .build();
    }
  }

  private static boolean generates(GeneratorSpec generator) {
    return !(generator instanceof GeneratorSpec.Plain)
        && !(generator instanceof GeneratorSpec.Separate);
  }

  /** Whether a hypernetwork makes the weights from embeddings of the tasks. */
  public boolean hasEmbeddings() {
    return generates(generator);
  }

  /** Outputs of the network: the heads of all tasks. */
  public int outputs() {
    return Math.multiplyExact(tasks.classes(), ownHeads ? tasks.count() : 1);
  }

  /** The most earlier tasks in the regulariser of one step; 0 where there is none. */
  public int mostOldTasks() {
    int all = beta > 0 ? tasks.count() - 1 : 0;
    return oldTasksPerStep == null ? all : Math.min(all, oldTasksPerStep);
  }

  /** Optimizer steps of all tasks. */
  public long totalSteps() {
    return (long) stepsPerTask * tasks.count();
  }

  @Override
  public String kind() {
    return "a family of networks for tasks in sequence";
  }

  @Override
  public void requireFits(DataSpec data) {
    if (!(data instanceof MnistDataSpec mnist)) {
      throw UserError.in("data.type")
          .what("the tasks are made of MNIST")
          .expected("mnist")
          .received(data.typeName())
          .build();
    }
    ImageDataSpec.requireUnchanged(mnist);
  }
}
