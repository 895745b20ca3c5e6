// SPDX-License-Identifier: Apache-2.0
/**
 * The command line: one class a command, parsed by picocli, and their output. A new command is a
 * class that extends {@link org.hypernet4j.cli.CliCommand} and a line in {@link
 * org.hypernet4j.cli.Main}.
 *
 * <p>Nothing is computed here that a Java program could need: that belongs to the packages below.
 */
@NullMarked
package org.hypernet4j.cli;

import org.jspecify.annotations.NullMarked;
