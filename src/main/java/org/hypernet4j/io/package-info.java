// SPDX-License-Identifier: Apache-2.0
/**
 * Files: atomic writing and publishing, NumPy arrays, TensorFlow checkpoints, TFRecord, TensorBoard
 * events, pictures of kernels and of texts.
 *
 * <p>This package holds file formats and the writing of files. It does not interpret the numbers
 * (checkpoints, data sets and exports have packages of their own), and nothing in it depends on a
 * graph or a session. Only event files and TensorFlow checkpoints use TensorFlow, for its protocol
 * buffer classes.
 */
@NullMarked
package org.hypernet4j.io;

import org.jspecify.annotations.NullMarked;
