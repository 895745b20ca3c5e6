// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import java.util.OptionalInt;
import org.hypernet4j.error.Setting;
import org.hypernet4j.error.UserError;
import org.jspecify.annotations.Nullable;

/**
 * The symbols of a language model in ascending order; the id of a symbol is its index.
 *
 * <p>In JSON, characters are strings and bytes are numbers:
 *
 * <pre>{@code
 * {"kind": "characters", "symbols": ["\n", " ", "!", "a", "b"]}
 * {"kind": "bytes", "symbols": [9, 10, 32, 33]}
 * }</pre>
 */
public final class Vocabulary {
  /** The largest number of symbols: an id takes 16 bits. */
  public static final int MOST = 1 << 16;

  private static final String KIND = "kind";
  private static final String SYMBOLS = "symbols";

  private final Kind kind;
  private final int[] symbols;

  /** The kind of symbols. */
  public enum Kind {
    /** A byte, 0 to 255. */
    BYTES,
    /** A Unicode code point. */
    CHARACTERS;

    /** Its name in JSON. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private Vocabulary(Kind kind, int[] symbols) {
    this.kind = kind;
    this.symbols = symbols;
  }

  /**
   * All symbols that occur in some texts.
   *
   * @throws UserError if there are none or more than {@link #MOST}
   */
  public static Vocabulary of(Kind kind, TextPart... texts) {
    BitSet seen = new BitSet();
    for (TextPart text : texts) {
      text.symbols().codePoints().forEach(seen::set);
    }
    int size = seen.cardinality();
    if (size == 0 || size > MOST) {
      throw UserError.in(texts.length == 0 ? "vocabulary" : texts[0].name())
          .what(size == 0 ? "the text is empty" : "the text has too many different symbols")
          .expected("1 to " + MOST + " different symbols")
          .received(size)
          .next("use another text")
          .build();
    }
    return new Vocabulary(kind, seen.stream().toArray());
  }

  /** Number of symbols. */
  public int size() {
    return symbols.length;
  }

  /** The kind of the symbols. */
  public Kind kind() {
    return kind;
  }

  /** The id of a symbol, a code point or a byte; empty if the vocabulary lacks it. */
  public OptionalInt find(int symbol) {
    int id = Arrays.binarySearch(symbols, symbol);
    return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /**
   * The ids of a text.
   *
   * @throws UserError naming the first unknown symbol and its position
   */
  public EncodedText encode(TextPart text) {
    String from = text.symbols();
    char[] ids = new char[text.length()];
    int at = 0;
    for (int i = 0; i < ids.length; i++) {
      int symbol = from.codePointAt(at);
      int id = Arrays.binarySearch(symbols, symbol);
      if (id < 0) {
        throw UserError.in(text.name())
            .what(
                "unknown symbol %s at position %d (counted from 0)"
                    .formatted(show(symbol), text.offset() + i))
            .expected("one of the " + size() + " symbols that the model knows")
            .next("take it out of the text, or train with a text that holds it")
            .build();
      }
      ids[i] = (char) id;
      at += Character.charCount(symbol);
    }
    return new EncodedText(ids);
  }

  /**
   * The ids of text from a user: for a vocabulary of bytes, those of its UTF-8 form.
   *
   * @param where begins the message of an error, for example {@code prompt}
   */
  public EncodedText encodeTyped(String where, String text) {
    return encode(
        TextPart.of(
            where, kind == Kind.CHARACTERS ? text : new String(text.getBytes(UTF_8), ISO_8859_1)));
  }

  /**
   * The symbols of some ids: characters as UTF-8, bytes as themselves.
   *
   * @throws UserError if an id is not below {@link #size}
   */
  public byte[] decode(int... ids) {
    StringBuilder text = new StringBuilder(ids.length);
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] < 0 || ids[i] >= size()) {
        throw UserError.in("ids[" + i + "]")
            .what("outside of the vocabulary")
            .expected("0 to " + (size() - 1))
            .received(ids[i])
            .build();
      }
      text.appendCodePoint(symbols[ids[i]]);
    }
    return text.toString().getBytes(kind == Kind.CHARACTERS ? UTF_8 : ISO_8859_1);
  }

  /**
   * Checks that every id has the same symbol in another vocabulary.
   *
   * @param ours the vocabulary of a text
   * @param where the model that this vocabulary belongs to, for errors
   * @param text the text
   * @throws UserError naming the first symbol that differs
   */
  public void requireEqual(Vocabulary ours, String where, String text) {
    requireEqual(
        ours,
        where,
        text,
        "use a text of the same symbols, or keep the model's with "
            + Setting.of("vocabulary", "model"));
  }

  /**
   * As {@link #requireEqual(Vocabulary, String, String)}, with the next step of the message.
   *
   * @param next the next step, for the message
   */
  public void requireEqual(Vocabulary ours, String where, String text, String next) {
    requireKind(ours.kind, text);
    int at = Arrays.mismatch(symbols, ours.symbols);
    if (at >= 0) {
      throw UserError.in(text)
          .what(
              "its symbols are not those of %s: ids from %d on would stand for others"
                  .formatted(where, at))
          .expected(at < size() ? show(symbols[at]) + " as symbol " + at : "no symbol " + at)
          .received(at < ours.size() ? show(ours.symbols[at]) : "no more symbols")
          .next(next)
          .build();
    }
  }

  /** Whether this vocabulary contains each symbol of another. */
  public boolean containsAll(Vocabulary other) {
    return kind == other.kind && Arrays.stream(other.symbols).allMatch(s -> find(s).isPresent());
  }

  /** Checks that texts of this kind can be encoded. */
  void requireKind(Kind other, String where) {
    if (kind != other) {
      throw UserError.in(where)
          .what("not the kind of text that the model was trained on")
          .expected(kind.word())
          .received(other.word())
          .next("read the text as the model's specification states")
          .build();
    }
  }

  /** A symbol for an error message: {@code 'a' (U+0061)}, {@code byte 0x0A}. */
  private String show(int symbol) {
    if (kind == Kind.BYTES) {
      return "byte 0x%02X".formatted(symbol);
    }
    boolean visible = !Character.isISOControl(symbol) && Character.isDefined(symbol);
    String code = "U+%04X".formatted(symbol);
    return visible ? "'%s' (%s)".formatted(Character.toString(symbol), code) : code;
  }

  /** The vocabulary as JSON; see the class comment. */
  public JsonObject toJson() {
    JsonArray array = new JsonArray(size());
    for (int symbol : symbols) {
      if (kind == Kind.BYTES) {
        array.add(symbol);
      } else {
        array.add(Character.toString(symbol));
      }
    }
    JsonObject json = new JsonObject();
    json.addProperty(KIND, kind.word());
    json.add(SYMBOLS, array);
    return json;
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @param where begins the message of an error, for example the file
   * @throws UserError if it is not a vocabulary, or its symbols do not ascend
   */
  public static Vocabulary fromJson(JsonElement json, String where) {
    JsonObject object = json instanceof JsonObject found ? found : new JsonObject();
    Kind kind = null;
    for (Kind candidate : Kind.values()) {
      if (new JsonPrimitive(candidate.word()).equals(object.get(KIND))) {
        kind = candidate;
      }
    }
    if (kind == null || !(object.get(SYMBOLS) instanceof JsonArray array)) {
      throw damaged(where, "an object with 'kind', bytes or characters, and a list 'symbols'");
    }
    if (array.isEmpty() || array.size() > MOST) {
      throw damaged(where, "1 to " + MOST + " symbols");
    }
    int[] symbols = new int[array.size()];
    for (int i = 0; i < symbols.length; i++) {
      Integer symbol = symbol(kind, array.get(i));
      if (symbol == null) {
        String one = kind == Kind.BYTES ? "a number from 0 to 255" : "one character";
        throw damaged(where, one + " as symbol " + i);
      }
      symbols[i] = symbol;
      if (i > 0 && symbols[i - 1] >= symbols[i]) {
        throw damaged(where, "ascending symbols, so not symbol " + i + " after the one before it");
      }
    }
    return new Vocabulary(kind, symbols);
  }

  private static @Nullable Integer symbol(Kind kind, JsonElement element) {
    if (!(element instanceof JsonPrimitive value)) {
      return null;
    }
    if (kind == Kind.CHARACTERS) {
      String text = value.isString() ? value.getAsString() : "";
      return text.codePointCount(0, text.length()) == 1 ? text.codePointAt(0) : null;
    }
    double number = value.isNumber() ? value.getAsDouble() : -1;
    return number >= 0 && number <= 255 && number == Math.rint(number) ? (int) number : null;
  }

  private static UserError damaged(String where, String expected) {
    return UserError.in(where)
        .what("not a vocabulary")
        .expected(expected)
        .next("take the file that was written with the model")
        .build();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Vocabulary that
        && kind == that.kind
        && Arrays.equals(symbols, that.symbols);
  }

  @Override
  public int hashCode() {
    return 31 * kind.hashCode() + Arrays.hashCode(symbols);
  }
}
