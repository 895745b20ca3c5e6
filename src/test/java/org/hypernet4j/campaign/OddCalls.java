// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.util.List;
import java.util.Map;
import org.hypernet4j.error.UserError;

/** The calls of {@link MisuseCases}, each once, in a worker, which native code may end. */
final class OddCalls implements FaultKind {
  private static final List<Map.Entry<String, MisuseCases.Case>> CASES =
      List.copyOf(MisuseCases.all().entrySet());

  @Override
  public String name() {
    return "odd-calls";
  }

  @Override
  public String right() {
    return "a result, or an error of ours; native code never ends the process, and nothing hangs";
  }

  @Override
  public int attempts() {
    return CASES.size();
  }

  @Override
  public boolean inWorker() {
    return true;
  }

  @Override
  public boolean needsTrained() {
    return false;
  }

  /** The seed is the number of the call: there is nothing left to chance. */
  @Override
  public long seed(long campaignSeed, int index) {
    return index;
  }

  @Override
  public void attempt(Attempt attempt) throws Exception {
    Map.Entry<String, MisuseCases.Case> call = CASES.get((int) (attempt.seed() % CASES.size()));
    try {
      call.getValue().run(new MisuseWorld());
    } catch (UserError e) {
      FlippedFile.requireOneLine(e);
    } catch (IllegalArgumentException | IllegalStateException e) {
      // refused as Java refuses what a programmer did wrong
    } catch (Exception | Error e) {
      Wrong wrong = Wrong.of(e);
      throw new Wrong(call.getKey() + ": " + wrong.what(), null, null, wrong.lastLine());
    }
  }
}
