// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.zoo;

import java.util.List;
import java.util.Map;
import org.hypernet4j.cell.HyperLstmCell;
import org.hypernet4j.cell.LstmCell;
import org.hypernet4j.cell.RnnCell;
import org.hypernet4j.fixtures.GoldenFiles;
import org.hypernet4j.graph.ParameterScope;

/** The cells of magenta's {@code rnn.py} by the names of their variables. */
final class MagentaCells {
  private static final float EPSILON = 1e-3f;

  private MagentaCells() {}

  /**
   * The variables of a cell.
   *
   * @param cell the path of the cell: {@code RNN/HyperLSTMCell/}
   */
  record Names(GoldenFiles golden, String cell) {
    /** The one cell below a scope. */
    static Names below(String scope, GoldenFiles golden) {
      for (String type : List.of("HyperLSTMCell", "LayerNormLSTMCell", "LSTMCell")) {
        if (golden.arrays().containsKey("w/" + scope + type + "/W_xh")) {
          return new Names(golden, scope + type + "/");
        }
      }
      throw new IllegalArgumentException("no cell in " + golden.arrays().keySet());
    }

    private boolean hyper() {
      return cell.endsWith("/HyperLSTMCell/");
    }

    /** Whether gates are normalised; a HyperLSTM's c always is. */
    private boolean norm() {
      return golden.arrays().containsKey("w/" + cell + "ln_all/ln_gamma");
    }

    /** Parts of the state as they are packed. */
    List<String> packing() {
      if (hyper()) {
        // the slot behind h holds what its small cell puts first: h with layer normalisation, else
        // c
        return norm()
            ? List.of("main/h", "hyper/h", "main/c", "hyper/c")
            : List.of("main/h", "hyper/c", "main/c", "hyper/h");
      }
      return norm() ? List.of("h", "c") : List.of("c", "h");
    }

    RnnCell<?> cell(ParameterScope scope, int inputs) {
      int units = units(cell);
      if (!hyper()) {
        return new LstmCell(scope, lstm(inputs, units, norm()));
      }
      String small = small();
      int embedding = (int) golden.shape("w/" + cell + "hyper_ix/zw/super_linear_b")[0];
      return HyperLstmCell.withLstm(
          scope,
          HyperLstmCell.Settings.of(inputs, units, embedding)
              .withLayerNorm(norm() ? EPSILON : 0, EPSILON),
          lstm(inputs + units, units(small), norm()));
    }

    private String small() {
      return cell + (norm() ? "LayerNormLSTMCell/" : "LSTMCell/");
    }

    private int units(String path) {
      return (int) golden.shape("w/" + path + "W_hh")[0];
    }

    private static LstmCell.Settings lstm(int inputs, int units, boolean norm) {
      return norm
          ? LstmCell.Settings.layerNorm(inputs, units).withLayerNorm(EPSILON)
          : LstmCell.Settings.of(inputs, units);
    }

    /** Adds the arrays of the cell under our names. */
    void put(Map<String, double[]> ours, String scope, String prefix) {
      String theirs = prefix + cell;
      if (!hyper()) {
        putLstm(ours, scope, theirs);
        return;
      }
      putLstm(ours, scope + "hyper/", prefix + small());
      putLstm(ours, scope, theirs);
      String embedding = scope + "embedding/";
      ours.put(embedding + "A_h", gates(theirs, "h/zw/super_linear_w", true));
      ours.put(embedding + "a_h", gates(theirs, "h/zw/super_linear_b", false));
      ours.put(embedding + "D_h", gates(theirs, "h/alpha/super_linear_w", false));
      ours.put(embedding + "A_x", gates(theirs, "x/zw/super_linear_w", true));
      ours.put(embedding + "a_x", gates(theirs, "x/zw/super_linear_b", false));
      ours.put(embedding + "D_x", gates(theirs, "x/alpha/super_linear_w", false));
      ours.put(embedding + "A_b", gates(theirs, "h/zb/super_linear_w", true));
      ours.put(embedding + "D_b", gates(theirs, "h/beta/super_linear_w", false));
    }

    private void putLstm(Map<String, double[]> ours, String scope, String theirs) {
      Map<String, String> names =
          Map.of(
              "W_x", "W_xh",
              "W_h", "W_hh",
              "b", "bias",
              "ln/gain", "ln_all/ln_gamma",
              "ln/shift", "ln_all/ln_beta",
              "ln_c/gain", "ln_c/ln_gamma",
              "ln_c/shift", "ln_c/ln_beta");
      names.forEach(
          (name, their) -> {
            if (golden.arrays().containsKey(theirs + their)) {
              ours.put(scope + name, golden.doubles(theirs + their));
            }
          });
    }

    /** The arrays of gates i, j, f, o, side by side or one below the other. */
    private double[] gates(String theirs, String name, boolean beside) {
      String[] order = {"i", "j", "f", "o"};
      double[][] all = new double[order.length][];
      for (int gate = 0; gate < order.length; gate++) {
        all[gate] = golden.doubles(theirs + "hyper_" + order[gate] + name);
      }
      int size = all[0].length;
      int rows = beside ? (int) golden.shape(theirs + "hyper_i" + name)[0] : 1;
      int columns = size / rows;
      double[] joined = new double[order.length * size];
      for (int gate = 0; gate < order.length; gate++) {
        for (int row = 0; row < rows; row++) {
          System.arraycopy(
              all[gate], row * columns, joined, (row * order.length + gate) * columns, columns);
        }
      }
      return joined;
    }
  }
}
