// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.util.LinkedHashMap;
import java.util.Map;
import org.hypernet4j.error.UserError;

/**
 * Odd calls of the public API, each run in a JVM of its own: {@code MisuseCases NAME}. A call may
 * end with a result or refuse what it got; it ends the child with 0 then. Another exception ends it
 * with 3; a crash and a hang are for the parent to see.
 */
public final class MisuseCases {
  /** One call. */
  @FunctionalInterface
  public interface Case {
    /** Does it, in a graph of its own. */
    void run(MisuseWorld world);
  }

  private MisuseCases() {}

  /** All calls by name. */
  public static Map<String, Case> all() {
    Map<String, Case> cases = new LinkedHashMap<>();
    MisuseOfGraphs.graphs(cases);
    MisuseOfGraphs.feeds(cases);
    MisuseOfLayers.hyper(cases);
    MisuseOfLayers.layers(cases);
    MisuseOfTraining.recurrent(cases);
    MisuseOfTraining.optimizers(cases);
    MisuseOfTasks.training(cases);
    MisuseOfTasks.zoo(cases);
    return cases;
  }

  /** Runs one call. */
  public static void main(String[] arguments) {
    Case one = all().get(arguments[0]);
    if (one == null) {
      System.err.println("no case " + arguments[0]);
      System.exit(2);
      return;
    }
    try {
      one.run(new MisuseWorld());
      System.out.println("ended");
    } catch (UserError | IllegalArgumentException | IllegalStateException refused) {
      System.out.println("refused: " + refused);
    } catch (Throwable other) {
      other.printStackTrace();
      System.exit(3);
    }
    System.exit(0);
  }
}
