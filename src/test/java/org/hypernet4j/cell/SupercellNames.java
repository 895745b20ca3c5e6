package org.hypernet4j.cell;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hypernet4j.hyper.GoldenFiles;

/**
 * How the variables of hardmaru/supercell map to ours. Packed tensors have the same blocks i, j
 * (our g), f, o; the per-gate tensors {@code hyper_ix, hyper_jx, ...} are stacked: [M, E] side by
 * side as columns of A, [E] side by side in a, [E, N] below each other as rows of D.
 */
final class SupercellNames {
  private static final List<String> GATES = List.of("i", "j", "f", "o");

  private SupercellNames() {}

  /** Plain and layer-norm LSTM: ours to theirs, both below a prefix. */
  static Map<String, String> lstm(String ours, String theirs, boolean norm) {
    Map<String, String> names = new LinkedHashMap<>();
    names.put(ours + "W_x", theirs + "W_xh");
    names.put(ours + "W_h", theirs + "W_hh_i");
    names.put(ours + "b", theirs + "bias");
    if (norm) {
      norm(names, ours, theirs, "ln", "ln");
    }
    return names;
  }

  static Map<String, String> hyperMain(boolean norm) {
    Map<String, String> names = new LinkedHashMap<>();
    String theirs = "HyperLSTMCell/";
    names.put("W_x", theirs + "W_xh");
    names.put("W_h", theirs + "W_hh");
    names.put("b", theirs + "bias");
    if (norm) {
      norm(names, "", theirs, "ln", "ln_all");
    }
    return names;
  }

  private static void norm(
      Map<String, String> names, String ours, String theirs, String ourGates, String theirGates) {
    names.put(ours + ourGates + "/gain", theirs + theirGates + "/ln_gamma");
    names.put(ours + ourGates + "/shift", theirs + theirGates + "/ln_beta");
    names.put(ours + "ln_c/gain", theirs + "ln_c/ln_gamma");
    names.put(ours + "ln_c/shift", theirs + "ln_c/ln_beta");
  }

  /** The stacked embedding tensors by our names, read from arrays below {@code prefix}. */
  static Map<String, double[]> embeddings(
      GoldenFiles golden, String prefix, int hyperUnits, int embedding) {
    Map<String, double[]> values = new LinkedHashMap<>();
    for (String kind : List.of("h", "x", "b")) {
      boolean bias = kind.equals("b");
      double[] a = new double[hyperUnits * 4 * embedding];
      double[] offset = new double[4 * embedding];
      double[] d = {};
      for (int gate = 0; gate < 4; gate++) {
        String scope = prefix + "HyperLSTMCell/hyper_" + GATES.get(gate) + kind + "/";
        double[] weights = golden.doubles(scope + (bias ? "zb" : "zw") + "/super_linear_w");
        for (int m = 0; m < hyperUnits; m++) {
          for (int e = 0; e < embedding; e++) {
            a[m * 4 * embedding + gate * embedding + e] = weights[m * embedding + e];
          }
        }
        if (!bias) {
          double[] b = golden.doubles(scope + "zw/super_linear_b");
          System.arraycopy(b, 0, offset, gate * embedding, embedding);
        }
        double[] scaling = golden.doubles(scope + (bias ? "beta" : "alpha") + "/super_linear_w");
        if (gate == 0) {
          d = new double[4 * scaling.length];
        }
        System.arraycopy(scaling, 0, d, gate * scaling.length, scaling.length);
      }
      values.put("embedding/A_" + kind, a);
      if (!bias) {
        values.put("embedding/a_" + kind, offset);
      }
      values.put("embedding/D_" + kind, d);
    }
    return values;
  }
}
