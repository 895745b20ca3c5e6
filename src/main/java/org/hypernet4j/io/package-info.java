// SPDX-License-Identifier: Apache-2.0
/**
 * NumPy arrays and their files, {@code .npy} and {@code .npz}. Every other file format is in {@code
 * io.internal}. What the numbers mean belongs elsewhere: checkpoints, data sets and exports are
 * packages of their own.
 */
@NullMarked
package org.hypernet4j.io;

import org.jspecify.annotations.NullMarked;
