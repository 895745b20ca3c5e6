// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.nio.file.Path;
import java.util.Random;

/**
 * One attempt of a kind.
 *
 * @param seed decides all that is left to chance
 * @param random begins with that seed
 * @param folder empty and of this attempt alone
 * @param materials what is attacked; to be copied, never changed
 */
record Attempt(long seed, Random random, Path folder, Materials materials) {
  Attempt(long seed, Path folder, Materials materials) {
    this(seed, new Random(seed), folder, materials);
  }
}
