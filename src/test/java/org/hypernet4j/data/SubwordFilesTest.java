// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.hypernet4j.error.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubwordFilesTest {
  private static final Subwords SUBWORDS = Subwords.train(List.of("abc ab", "é 😀 abc"), 15);
  private static final String PIECES =
      "<pad>\n<s>\n</s>\n<unk>\na\nb\nc\né\n▁\n😀\n▁a\n▁ab\n▁abc\n▁é\n▁😀\n";
  private static final String MERGES = "▁ a\n▁a b\n▁ab c\n▁ é\n▁ 😀\n";

  @TempDir Path folder;

  /** 3 times ▁a and ab, of which the left a comes first; see the order in the class under test. */
  @Test
  void theFilesAreLinesInTheOrderOfTheIds() throws IOException {
    Path made = folder.resolve("new/vocabulary");
    SUBWORDS.write(made);

    assertThat(SUBWORDS.merges()).containsExactly("a b", "▁ ab", "▁ab c", "▁ é", "▁ 😀");
    assertThat(Files.readString(made.resolve("pieces.txt")))
        .isEqualTo(String.join("\n", SUBWORDS.pieces()) + "\n");
    assertThat(Files.readString(made.resolve("merges.txt")))
        .isEqualTo(String.join("\n", SUBWORDS.merges()) + "\n");
    try (Stream<Path> files = Files.list(made.getParent())) {
      assertThat(files).as("nothing temporary is left").containsExactly(made);
    }
  }

  @Test
  void whatIsReadIsWhatWasWritten() {
    SUBWORDS.write(folder);
    Subwords read = Subwords.read(folder);

    assertThat(read).isEqualTo(SUBWORDS).hasSameHashCodeAs(SUBWORDS);
    assertThat(read.sha256()).isEqualTo(SUBWORDS.sha256());
    assertThat(read.encode("abc é cab")).isEqualTo(SUBWORDS.encode("abc é cab"));
  }

  @Test
  void anExistingFolderKeepsItsOtherFiles() throws IOException {
    Files.writeString(folder.resolve("notes"), "mine");
    Subwords.train(List.of("xyz"), 9).write(folder);
    SUBWORDS.write(folder);

    assertThat(Subwords.read(folder)).isEqualTo(SUBWORDS);
    assertThat(folder.resolve("notes")).hasContent("mine");
  }

  @Test
  void lineEndsOfWindowsAreNoHarm() throws IOException {
    Files.writeString(folder.resolve("pieces.txt"), PIECES.replace("\n", "\r\n"));
    Files.writeString(folder.resolve("merges.txt"), MERGES.replace("\n", "\r\n"));

    assertThat(Subwords.read(folder).split("ab")).containsExactly("▁ab");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "pieces | <s>      | <S>     | pieces.txt: line 2: not the special piece of this id;"
            + " expected <s>, received '<S>'.",
        "pieces | b        | a       | pieces.txt: line 6: the piece is there twice; expected every"
            + " piece once, received 'a', as in line 5.",
        "pieces | c        | ``      | pieces.txt: line 7: not a piece; expected one or more"
            + " characters, none of them white space, received ''.",
        "pieces | c        | c d     | pieces.txt: line 7: not a piece; expected one or more"
            + " characters, none of them white space, received 'c d'.",
        "pieces | ▁        | _       | pieces.txt: pieces are missing; expected the special pieces"
            + " and the word mark ▁ (U+2581), received 15 pieces without them.",
        "pieces | ▁é       | ▁éa     | merges.txt: line 4: the merge does not fit the pieces;"
            + " expected two pieces that make a third, received '▁ é', where '▁é' is no piece.",
        "merges | ▁ é      | ▁ b     | merges.txt: line 4: the merge does not fit the pieces;"
            + " expected two pieces that make a third, received '▁ b', where '▁b' is no piece.",
        "merges | ▁ é      | ▁ x     | merges.txt: line 4: the merge does not fit the pieces;"
            + " expected two pieces that make a third, received '▁ x', where 'x' is no piece.",
        "merges | ▁ é      | <s> a   | merges.txt: line 4: the merge does not fit the pieces;"
            + " expected two pieces that make a third, received '<s> a', where '<s>' is a special"
            + " piece.",
        "merges | ▁ é      | ▁é      | merges.txt: line 4: not a merge; expected two pieces with a"
            + " blank between them, received '▁é'.",
        "merges | ▁ é      | ▁ é a   | merges.txt: line 4: not a merge; expected two pieces with a"
            + " blank between them, received '▁ é a'.",
        "merges | ▁ é      | ▁ a     | merges.txt: line 4: the merge is there twice; expected every"
            + " merge once, received '▁ a'.",
        "merges | ▁ 😀      | NONE    | pieces.txt: line 15: no merge makes this piece; expected a"
            + " merge in MERGES, as for every piece of several characters, received '▁😀'.",
      })
  void filesThatDoNotFitAreNamed(String file, String line, String other, String message)
      throws IOException {
    String from = "\n" + line + "\n";
    String to = other.equals("NONE") ? "\n" : "\n" + other + "\n";
    boolean pieces = file.equals("pieces");
    assertThat(pieces ? PIECES : MERGES).contains(from);
    Files.writeString(folder.resolve("pieces.txt"), pieces ? PIECES.replace(from, to) : PIECES);
    Files.writeString(folder.resolve("merges.txt"), pieces ? MERGES : MERGES.replace(from, to));

    assertThatThrownBy(() -> Subwords.read(folder))
        .isInstanceOf(UserError.class)
        .hasMessage(
            folder
                + "/"
                + message.replace("MERGES", folder.resolve("merges.txt").toString())
                + " Take the files that were written together.");
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    Files.writeString(folder.resolve("pieces.txt"), PIECES);

    assertThatThrownBy(() -> Subwords.read(folder))
        .isInstanceOf(UserError.class)
        .hasMessage(
            folder
                + ": a file of the vocabulary is missing; expected pieces.txt and merges.txt,"
                + " received no merges.txt. Take the files that were written together.");
    assertThatThrownBy(() -> Subwords.read(folder.resolve("pieces.txt")))
        .hasMessageContaining("received a file.");
    assertThatThrownBy(() -> SUBWORDS.write(folder.resolve("pieces.txt")))
        .hasMessageContaining("cannot be written, it is a file");
  }

  @Test
  void invalidUtf8IsNamedWithLineAndByte() throws IOException {
    Files.writeString(folder.resolve("merges.txt"), MERGES);
    Files.write(
        folder.resolve("pieces.txt"),
        "<pad>\n<s>\nab\u00e9".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));

    assertThatThrownBy(() -> Subwords.read(folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "pieces.txt: line 3: not valid UTF-8 at byte 2 of the line (counted from 0)");
  }

  /**
   * Writes a vocabulary, 1,000 lines, and what this class makes of them for {@code
   * python-compat-tests/test_subwords.py}, which compares Hugging Face tokenizers.
   */
  @Test
  void writesWhatThePythonTestReads() throws IOException {
    Random random = new Random(17);
    String[] syllables = {
      "la", "che", "é", "ë", "tion", "s", "ne", "l'", "Un", "dog", "ing", "12", "3", ".", ", ", " ",
      " ", "!", "-", "œ", "…", "ж", "本", "語"
    };
    // what the training text lacks, and what a tokenizer might take for something else
    String[] strange = {
      "☃",
      "😀",
      "👩‍👩‍👧",
      "e\u0301",
      "\u0301",
      "q\u0323\u0307",
      "\u1112\u1161\u11ab",
      "\u212b",
      "\t",
      "  ",
      "\u00a0",
      "\u2003",
      "\u3000",
      "\u0085",
      "\u001c",
      "\u200b",
      "▁",
      "▁▁",
      "<unk>",
      "</s>",
      "<s>",
      "\ufeff",
      "\u2028",
      "\uFFFD",
      "ﬁ",
      "İ",
      "\\",
      "\"",
      "zzz",
      "{0}",
      "\r",
      "\n"
    };
    List<String> training = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      training.add(text(random, syllables, new String[] {"œuf"}));
    }
    Subwords subwords = Subwords.train(training, 600);
    JsonArray cases = new JsonArray();
    long unknown = 0;
    for (int i = 0; i < 1000; i++) {
      String line = text(random, syllables, strange);
      unknown += subwords.unknownCharacters(line);
      JsonObject json = new JsonObject();
      JsonArray ids = new JsonArray();
      int[] encoded = subwords.encode(line);
      for (int id : encoded) {
        ids.add(id);
      }
      json.addProperty("text", line);
      json.add("ids", ids);
      json.addProperty("decoded", subwords.decode(encoded));
      cases.add(json);
    }
    assertThat(subwords.size()).isEqualTo(600);
    assertThat(unknown).isGreaterThan(1000);

    Path target = Path.of("target", "python-subwords");
    subwords.write(target);
    Files.write(target.resolve("lines.json"), cases.toString().getBytes(UTF_8));
    assertThat(Subwords.read(target)).isEqualTo(subwords);
  }

  private static String text(Random random, String[] usual, String[] rare) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 5 + random.nextInt(40); i++) {
      String[] from = random.nextInt(6) == 0 ? rare : usual;
      text.append(from[random.nextInt(from.length)]);
    }
    return text.toString();
  }
}
