package org.hypernet4j.measure;

public record Bleu(double score) {
  public static final String SIGNATURE = "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp";

  public static Bleu of(java.util.List<String> h, java.util.List<String> r) {
    return new Bleu(0);
  }
}
