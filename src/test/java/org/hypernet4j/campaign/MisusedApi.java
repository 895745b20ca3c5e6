// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.util.List;
import org.hypernet4j.error.UserError;

/** One of the {@link ApiMistake mistakes} is made in a worker, which native code may end. */
final class MisusedApi implements FaultKind {
  private static final List<ApiMistake> ALL = List.of(ApiMistake.values());

  @Override
  public String name() {
    return "misused-api";
  }

  @Override
  public String right() {
    return "an error of ours in one line, or a right result; native code never ends the process";
  }

  @Override
  public int attempts() {
    return 10 * ALL.size();
  }

  @Override
  public boolean inWorker() {
    return true;
  }

  @Override
  public boolean needsTrained() {
    return false;
  }

  /** Every mistake in turn, with numbers that differ. */
  @Override
  public long seed(long campaignSeed, int index) {
    return index + ALL.size() * Math.abs(campaignSeed % 1_000_000) * 1000;
  }

  @Override
  public void attempt(Attempt attempt) throws Exception {
    ApiMistake mistake = ALL.get((int) (attempt.seed() % ALL.size()));
    try {
      mistake.make(attempt.random());
    } catch (UserError e) {
      FlippedFile.requireOneLine(e);
    } catch (IllegalArgumentException | IllegalStateException e) {
      // sizes that only a run knows are checked by ops of ours, whose words come in TensorFlow's
      // error
      boolean ours = String.valueOf(e.getMessage()).startsWith("assertion failed: [");
      if (e.getClass().getPackageName().startsWith("org.tensorflow") && !ours) {
        throw new Wrong(mistake + " came to TensorFlow: " + e.getMessage());
      }
    } catch (Exception | Error e) {
      Wrong wrong = Wrong.of(e);
      throw new Wrong(mistake + ": " + wrong.what(), null, null, wrong.lastLine());
    }
  }
}
