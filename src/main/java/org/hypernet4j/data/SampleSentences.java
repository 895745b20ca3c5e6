package org.hypernet4j.data;

public final class SampleSentences {
  private SampleSentences() {}

  public static ParallelSplits splits() {
    throw new UnsupportedOperationException();
  }
}
