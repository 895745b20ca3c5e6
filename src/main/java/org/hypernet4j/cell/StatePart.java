// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cell;

/**
 * One named part of a cell's state, {@code [batch, size]}.
 *
 * @param name {@code h}, {@code c}, {@code hyper/c}: unique within the cell
 * @param size units
 */
public record StatePart(String name, int size) {
  /** This part with its name below a scope. */
  StatePart below(String scope) {
    return new StatePart(scope + "/" + name, size);
  }
}
