// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hypernet4j.data.RawText;
import org.hypernet4j.data.TextPart;
import org.hypernet4j.data.TextSplits;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.spec.ExperimentSpec;
import org.hypernet4j.spec.SpecFiles;

/** A text of four symbols and models that fit it. */
public final class TinyText {
  public static final String TRAIN = "abacadabcdabdcaacbdbadcabacabdadcbabdacabdcbad";
  static final String BASIC = "{\"type\":\"basic-rnn\",\"units\":3}";
  public static final String LSTM = "{\"type\":\"lstm\",\"units\":4,\"layerNorm\":true}";
  public static final String HYPER =
      "{\"type\":\"hyper-lstm\",\"units\":4,\"hyperUnits\":3,\"embeddingSize\":2}";

  private TinyText() {}

  /** Training text, and validation and test of a length that no number of streams divides. */
  public static TextSplits splits() {
    return TextSplits.of(
        new RawText(
            Vocabulary.Kind.CHARACTERS,
            TextPart.of("train", TRAIN),
            TextPart.of("validation", TRAIN.substring(5, 34)),
            TextPart.of("test", TRAIN.substring(0, 2))));
  }

  /** Steps of 2 streams and 4 symbols: 4 steps in an epoch of {@link #splits}. */
  public static ExperimentSpec spec(String cell, String... overrides) {
    List<String> all = new ArrayList<>();
    all.add("model={\"type\":\"language-model\",\"symbols\":4,\"cell\":" + cell + "}");
    all.add("data.sequenceLength=4");
    all.add("training.batchSize=2");
    all.add("training.evaluateBatchSize=3");
    all.add("training.evaluateEvery={\"steps\":10}");
    all.addAll(List.of(overrides));
    return SpecFiles.read(Path.of("graphs", "shakespeare-hyperlstm.json"), all);
  }
}
