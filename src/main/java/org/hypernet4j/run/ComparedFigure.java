// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.run;

import java.util.Locale;

/**
 * A figure of {@link TestResult#figures} by which the models of a family are compared: a column of
 * the table.
 *
 * @param name of the figure, {@code accuracyUnseen}
 * @param title of the column
 * @param unit of the numbers in it; empty for none
 * @param factor from the figure to these numbers
 * @param decimals digits after the point
 */
public record ComparedFigure(String name, String title, String unit, double factor, int decimals) {
  /** A share, shown in percent. */
  public static ComparedFigure share(String name, String title) {
    return new ComparedFigure(name, title, "%", 100, 2);
  }

  /** A number without a unit. */
  public static ComparedFigure number(String name, String title, int decimals) {
    return new ComparedFigure(name, title, "", 1, decimals);
  }

  /** The number as it is shown, without its unit. */
  public String show(double figure) {
    return String.format(Locale.ROOT, "%,." + decimals + "f", factor * figure);
  }
}
