// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.error;

import org.jspecify.annotations.Nullable;

/**
 * Invalid input of the user: a file, a setting, a shape, a checkpoint.
 *
 * <p>The message is one line that reads like a colleague: what is wrong and where, what was
 * expected, what was received, and what to do next. Settings are named with {@link Setting}: the
 * library knows no flag. The command line prints the message without a stack trace and exits with
 * code 2.
 *
 * <pre>{@code
 * throw UserError.in("train-images-idx3-ubyte")
 *     .what("not an IDX image file")
 *     .expected("magic 2051")
 *     .received("magic 529205256")
 *     .next("point " + Setting.of("data") + " at the folder that holds the four MNIST files")
 *     .build();
 * }</pre>
 */
public final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST = 8000;

  /** The place of the fault. */
  private final String where;

  /** The message without the place. */
  private final String explanation;

  private UserError(String where, String explanation, @Nullable Throwable cause) {
    super(Setting.write(where + ": " + explanation, Setting.PLAIN), cause);
    this.where = where;
    this.explanation = explanation;
  }

  /** The place named at the start of the message. */
  public String where() {
    return Setting.write(where, Setting.PLAIN);
  }

  /** The message with its settings and commands as a front end writes them. */
  public String message(Setting.Notation notation) {
    return Setting.write(where + ": " + explanation, notation);
  }

  /**
   * This error with another place: a record knows which of its fields is wrong, its reader also
   * knows the file.
   */
  public UserError at(Object place) {
    UserError moved = new UserError(oneLine(String.valueOf(place)), explanation, getCause());
    moved.setStackTrace(getStackTrace());
    return moved;
  }

  /**
   * One line, whatever the parts contain: a message that wraps cannot be found with grep. Parts may
   * come from an untrusted file, so control characters become {@code U+FFFD}, and long parts are
   * cut.
   */
  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder();
    int kept = 0; // length of the line without the white space at its end
    boolean broken = false; // whether that white space holds the end of a line
    for (int i = 0; i < text.length() && line.length() < LONGEST; i++) {
      char c = text.charAt(i);
      if (Character.isWhitespace(c)) {
        broken |= c == '\n' || c == '\r';
        line.setLength(broken ? kept : line.length());
        line.append(broken ? ' ' : c);
      } else {
        line.append(Character.isISOControl(c) ? '\uFFFD' : c);
        kept = line.length();
        broken = false;
      }
    }
    return line.length() < LONGEST ? line.toString() : line + "...";
  }

  /**
   * Starts an error about one place.
   *
   * @param where a file, a JSON path, a {@link Setting}, or the scope of a parameter
   */
  public static Builder in(Object where) {
    return new Builder(String.valueOf(where));
  }

  /** Collects the five parts of a message; only {@link #what} is required. */
  public static final class Builder {
    private final String where;
    private String what = "cannot be used";
    private @Nullable String expected;
    private @Nullable String received;
    private @Nullable String next;
    private @Nullable Throwable cause;

    private Builder(String where) {
      this.where = where;
    }

    /** The fault, in a few words and without a full stop. */
    public Builder what(String what) {
      this.what = what;
      return this;
    }

    /** Values that would have been valid. */
    public Builder expected(Object expected) {
      this.expected = String.valueOf(expected);
      return this;
    }

    /** The value received. */
    public Builder received(@Nullable Object received) {
      this.received = String.valueOf(received);
      return this;
    }

    /** The next step for the user, as an imperative. */
    public Builder next(String next) {
      this.next = next;
      return this;
    }

    /** The cause, shown by {@code --debug}. */
    public Builder cause(Throwable cause) {
      this.cause = cause;
      return this;
    }

    /** Creates the exception; the caller throws it. */
    public UserError build() {
      StringBuilder text = new StringBuilder(what);
      if (expected != null) {
        text.append("; expected ").append(expected);
      }
      if (received != null) {
        text.append(expected == null ? "; received " : ", received ").append(received);
      }
      text.append('.');
      if (next != null) {
        text.append(' ').append(Character.toUpperCase(next.charAt(0))).append(next.substring(1));
        if (!next.endsWith("?")) {
          text.append('.');
        }
      }
      return new UserError(oneLine(where), oneLine(text.toString()), cause);
    }
  }
}
