// SPDX-License-Identifier: Apache-2.0
/**
 * Files: atomic writing and publishing, NumPy arrays, TensorFlow checkpoints, TFRecord, TensorBoard
 * events.
 *
 * <p>What belongs here is a file format or the way a file gets onto a disk. What does not: what the
 * numbers mean (checkpoints, data sets and exports are packages of their own), pictures, anything
 * that knows a graph or a session. Only event files and TensorFlow checkpoints use TensorFlow, for
 * its protocol buffer classes.
 */
@NullMarked
package org.hypernet4j.io;

import org.jspecify.annotations.NullMarked;
