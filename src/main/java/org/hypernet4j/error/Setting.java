// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.error;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a setting or of a command in the message of a {@link UserError}. A program reads the
 * name; a front end writes it as its users know it, with {@link UserError#message}: the command
 * line turns {@code resume} into {@code --resume}.
 *
 * <pre>{@code
 * UserError.in(Setting.of("devices"))
 *     .what("a GPU is named, but no GPU is asked for")
 *     .next("set " + Setting.of("gpu") + ", or name CPUs")
 * }</pre>
 *
 * <p>{@link #toString} marks the name with characters that Unicode keeps free for such use, so that
 * a setting can stand in any part of a message.
 */
public final class Setting {
  private static final char BEGIN = '\uFDD0';
  private static final char VALUE = '\uFDD1';
  private static final char END = '\uFDD2';
  private static final String COMMAND = "!";
  private static final Pattern MARKED =
      Pattern.compile(
          BEGIN + "([^" + BEGIN + END + VALUE + "]*)" + VALUE + "([^" + BEGIN + END + "]*)" + END);
  private static final Pattern STRAY = Pattern.compile("[" + BEGIN + VALUE + END + "]");

  /** How a front end writes names. */
  public interface Notation {
    /**
     * Writes a setting.
     *
     * @param name {@code resume}, or the path of a specification's setting, {@code training.steps}
     * @param value what it should be, or null
     */
    String setting(String name, @Nullable String value);

    /**
     * Writes a command.
     *
     * @param name {@code verify}
     * @param arguments may be empty
     */
    String command(String name, String arguments);
  }

  /** {@code name}, {@code name=value} and {@code 'command arguments'}. */
  static final Notation PLAIN =
      new Notation() {
        @Override
        public String setting(String name, @Nullable String value) {
          return value == null ? name : name + "=" + value;
        }

        @Override
        public String command(String name, String arguments) {
          return "'" + (name + " " + arguments).strip() + "'";
        }
      };

  private final String marked;

  private Setting(String name, String value) {
    marked = BEGIN + name + VALUE + value + END;
  }

  /** A setting by its name: that of a parameter or of a record's component. */
  public static Setting of(String name) {
    return new Setting(name, "");
  }

  /** A setting with the value to give it. */
  public static Setting of(String name, Object value) {
    return new Setting(name, String.valueOf(value));
  }

  /** A command of the front end that does what a class of the library does. */
  public static Setting command(String name, Object... arguments) {
    StringBuilder text = new StringBuilder();
    for (Object argument : arguments) {
      text.append(text.isEmpty() ? "" : " ").append(argument);
    }
    return new Setting(COMMAND + name, text.toString());
  }

  /** Writes the settings in a text. */
  static String write(String text, Notation notation) {
    StringBuilder written = new StringBuilder();
    Matcher matcher = MARKED.matcher(text);
    while (matcher.find()) {
      String name = matcher.group(1);
      String value = matcher.group(2);
      String word =
          name.startsWith(COMMAND)
              ? notation.command(name.substring(COMMAND.length()), value)
              : notation.setting(name, value.isEmpty() ? null : value);
      matcher.appendReplacement(written, Matcher.quoteReplacement(word));
    }
    matcher.appendTail(written);
    // what is left was cut off, or came from a stranger's file
    return STRAY.matcher(written).replaceAll("\uFFFD");
  }

  /** The name, marked. */
  @Override
  public String toString() {
    return marked;
  }
}
