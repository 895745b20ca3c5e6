// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.hypernet4j.data.Subwords;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ManifestSeal;
import org.hypernet4j.export.publish.Exporter;
import org.hypernet4j.export.verify.LoadedModel;
import org.hypernet4j.fixtures.Cli;
import org.hypernet4j.io.NpyArray;
import org.hypernet4j.translation.RandomTranslationModel;
import org.hypernet4j.translation.Translation;
import org.hypernet4j.translation.Translator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.exceptions.TFInvalidArgumentException;

class TranslateCommandTest {
  private static final List<String> LINES =
      List.of("the cat sleeps", "", "a dog", "  ", "the cat sleeps the dog", "été 😀 été");

  @TempDir static Path folder;
  private static Path model;
  private static List<String> expected;

  @BeforeAll
  static void export() {
    model = Exporter.export(RandomTranslationModel.exportRequest(folder)).versionFolder();
    try (Translator translator = Translator.open(model)) {
      // one by one, and so not sorted by length
      expected =
          LINES.stream()
              .map(line -> translator.translate(List.of(line)).get(0))
              .map(all -> all.isEmpty() ? "" : all.get(0).text())
              .toList();
    }
  }

  private static Path file(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  /** A line for each line, in their order, of standard input and of a file. */
  @Test
  void translatesLineByLine() throws IOException {
    String text = String.join("\r\n", LINES); // the last without its end
    Cli piped = Cli.withInput(text, "translate", model, "--batch", "2");
    Cli read = Cli.run("translate", model, file("text.en", text.getBytes(UTF_8)));

    assertThat(piped.exitCode()).isZero();
    assertThat(piped.out()).isEqualTo(expected).hasSize(6);
    assertThat(expected.get(0)).isNotEqualTo(expected.get(4)).isNotEmpty();
    assertThat(expected.get(1)).isEmpty();
    assertThat(piped.err()).hasSize(2);
    assertThat(piped.err().get(0))
        .isEqualTo("note: not in the vocabulary, so <unk>: 1 characters of 1 kinds: U+1F600");
    assertThat(piped.err().get(1)).startsWith("translated 4 lines (2 of 6 are blank) in ");
    assertThat(read.out()).isEqualTo(expected);
    assertThat(read.exitCode()).isZero();
  }

  @Test
  void theBestTranslationsComeWithNumberAndScore() {
    Cli cli = Cli.withInput(LINES.get(0) + "\n\n" + LINES.get(2), "translate", model, "--nbest", 3);

    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out()).hasSize(7);
    assertThat(cli.out().get(3)).isEmpty();
    double before = 0;
    for (int k = 0; k < 3; k++) {
      String[] columns = cli.out().get(k).split("\t", -1);
      assertThat(columns).hasSize(3);
      assertThat(columns[0]).isEqualTo("1");
      assertThat(Double.parseDouble(columns[1])).isLessThanOrEqualTo(before);
      before = Double.parseDouble(columns[1]);
      assertThat(cli.out().get(4 + k)).startsWith("3\t-");
    }
    assertThat(cli.out().get(0)).endsWith("\t" + expected.get(0));
    assertThat(cli.out().get(4)).endsWith("\t" + expected.get(2));
  }

  @Test
  void jsonIsAnObjectForEachLineAndOneInTheEnd() {
    Cli cli =
        Cli.withInput(
            LINES.get(0) + "\n\n", "translate", model, "--json", "--nbest", 2, "--alignment");

    assertThat(cli.exitCode()).isZero();
    assertThat(cli.out()).hasSize(3);
    JsonObject first = JsonParser.parseString(cli.out().get(0)).getAsJsonObject();
    assertThat(first.get("line").getAsInt()).isEqualTo(1);
    assertThat(first.get("source").getAsString()).isEqualTo(LINES.get(0));
    List<String> pieces = RandomTranslationModel.SUBWORDS.split(LINES.get(0));
    assertThat(texts(first.get("pieces"))).isEqualTo(pieces);
    JsonArray translations = first.getAsJsonArray("translations");
    assertThat(translations).hasSize(2);
    JsonObject best = translations.get(0).getAsJsonObject();
    assertThat(best.get("text").getAsString()).isEqualTo(expected.get(0));
    assertThat(best.keySet()).containsExactly("text", "score", "logProb", "ended", "pieces");
    int steps = best.getAsJsonArray("pieces").size() + (best.get("ended").getAsBoolean() ? 1 : 0);
    // the search's default: log P / ((5 + n) / 6)^0.6, no weight of the attention
    assertThat(best.get("score").getAsDouble())
        .isCloseTo(
            best.get("logProb").getAsDouble() / Math.pow((5 + steps) / 6.0, 0.6), within(1e-5));
    assertThat(first.getAsJsonArray("alignment")).hasSize(steps);
    for (JsonElement step : first.getAsJsonArray("alignment")) {
      double sum = 0;
      for (JsonElement weight : step.getAsJsonArray()) {
        sum += weight.getAsDouble();
      }
      assertThat(step.getAsJsonArray()).hasSize(pieces.size());
      assertThat(sum).isCloseTo(1, within(1e-5));
    }
    assertThat(cli.out().get(1))
        .isEqualTo("{\"line\":2,\"source\":\"\",\"pieces\":[],\"translations\":[]}");
    assertThat(cli.json().get("lines").getAsInt()).isEqualTo(2);
    assertThat(cli.json().get("blankLines").getAsInt()).isEqualTo(1);
    assertThat(cli.json().get("name").getAsString()).isEqualTo("small-translation");
  }

  private static List<String> texts(JsonElement array) {
    return array.getAsJsonArray().asList().stream().map(JsonElement::getAsString).toList();
  }

  /** Whoever writes the next line only after the last translation waits for no more than that. */
  @Test
  @Timeout(120)
  void whatIsTypedIsTranslatedAtOnce() throws Exception {
    InputStream before = System.in;
    LinkedBlockingQueue<String> printed = new LinkedBlockingQueue<>();
    PipedOutputStream typed = new PipedOutputStream();
    try (PipedInputStream in = new PipedInputStream(typed)) {
      System.setIn(in);
      Thread command =
          new Thread(
              () ->
                  Main.run(
                      new String[] {"translate", model.toString()},
                      new PrintStream(new Lines(printed), true, UTF_8),
                      new PrintStream(OutputStream.nullOutputStream(), true, UTF_8)));
      command.start();
      for (int i : new int[] {2, 0, 1}) {
        typed.write((LINES.get(i) + "\nthe").getBytes(UTF_8)); // and the beginning of the next
        typed.flush();
        String line = printed.poll(60, TimeUnit.SECONDS);
        assertThat(line).isEqualTo(expected.get(i));
        typed.write("\n".getBytes(UTF_8));
        typed.flush();
        assertThat(printed.poll(60, TimeUnit.SECONDS)).isNotNull();
      }
      typed.close();
      command.join();
    } finally {
      System.setIn(before);
    }
  }

  /** Passes on each line that is printed. */
  private static final class Lines extends OutputStream {
    private final LinkedBlockingQueue<String> lines;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    Lines(LinkedBlockingQueue<String> lines) {
      this.lines = lines;
    }

    @Override
    public void write(int b) {
      if (b == '\n') {
        lines.add(line.toString(UTF_8));
        line.reset();
      } else {
        line.write(b);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--nbest | 4 | --nbest: the model's search follows fewer translations; expected 1 to 3",
        "--nbest | 0 | --nbest: out of range",
        "--batch | 0 | --batch: out of range",
        "--most-pieces | 0 | --most-pieces: out of range",
        "--most-pieces | 2 | standard input: line 1: the line is too long",
        "--alignment | --greedy | --alignment: is printed as JSON only",
      })
  void refusesWhatItCannotUse(String option, String value, String message) {
    assertError(Cli.withInput("the cat sleeps", "translate", model, option, value), message);
  }

  @Test
  void severalTranslationsNeedTheSearch() {
    assertError(
        Cli.run("translate", model, "--greedy", "--nbest", 2),
        "--nbest: without a search there is one translation; expected 1, received 2. Leave"
            + " --greedy out.");
  }

  private static void assertError(Cli cli, String message) {
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err()).hasSize(1);
    assertThat(cli.err().get(0)).startsWith("error: ").contains(message);
  }

  /** Nothing is printed of a file with a bad line; of a stream, the lines before it. */
  @Test
  void namesTheLineThatIsNotUtf8() throws IOException {
    byte[] bytes = (LINES.get(0) + "\nau caf?\n" + LINES.get(2)).getBytes(UTF_8);
    bytes[LINES.get(0).length() + 7] = (byte) 0xe9; // é in Latin-1
    Path file = file("latin1.en", bytes);
    assertError(
        Cli.run("translate", model, file),
        file + ": line 2: not valid UTF-8 at byte 6 of the line (counted from 0)");

    InputStream before = System.in;
    try (InputStream in = Files.newInputStream(file)) {
      System.setIn(in);
      Cli cli = Cli.run("translate", model);
      assertThat(cli.exitCode()).isEqualTo(2);
      assertThat(cli.out()).containsExactly(expected.get(0));
      assertThat(cli.err().get(cli.err().size() - 1))
          .startsWith("error: standard input: line 2: not valid UTF-8 at byte 6");
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void namesTheLineThatIsTooLong() throws IOException {
    Path file = file("long.en", ("the cat\n" + "dog ".repeat(5_000)).getBytes(UTF_8));
    int pieces = RandomTranslationModel.SUBWORDS.encode("dog ".repeat(5_000)).length;
    assertThat(pieces).isGreaterThanOrEqualTo(10_000);
    assertError(
        Cli.run("translate", model, file),
        file
            + ": line 2: the line is too long to be translated as one sentence; expected at most"
            + " 1000 pieces, received "
            + pieces
            + ". Write one sentence a line, or raise --most-pieces.");
  }

  @Test
  void refusesFoldersWithoutATranslationModel() throws IOException {
    assertError(Cli.run("translate", folder.resolve("nothing")), "nothing");
    assertError(Cli.run("translate", model, folder.resolve("none.en")), "none.en: cannot be read");
    Path other = copy("other");
    rewrite(other, json -> json.getAsJsonObject("guide").remove("subwords"));
    assertError(Cli.run("translate", other), "the model is no translation model");
  }

  /** Other pieces beside the model: the manifest shows it, and so does its guide by itself. */
  @Test
  void refusesTheVocabularyOfAnotherModel() throws IOException {
    Path other = copy("swapped");
    Path pieces = other.resolve("assets.extra/pieces.txt");
    String swapped = Files.readString(pieces).replace("\na\n", "\n?\n").replace("\nc\n", "\na\n");
    Files.writeString(pieces, swapped.replace("\n?\n", "\nc\n"));
    assertError(Cli.run("translate", other), "is not the model that was exported");

    Manifest.FileEntry entry = Manifest.entry(pieces);
    rewrite(
        other,
        json -> {
          JsonObject stated =
              json.getAsJsonObject("files").getAsJsonObject("assets.extra/pieces.txt");
          stated.addProperty("bytes", entry.bytes());
          stated.addProperty("sha256", entry.sha256());
        });
    assertError(
        Cli.run("translate", other),
        "assets.extra: the pieces are not those that the model was trained with");
  }

  private static Path copy(String name) throws IOException {
    Path to = folder.resolve(name).resolve("1");
    try (var files = Files.walk(model)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(model.relativize(file).toString());
        Files.createDirectories(target.getParent());
        if (!Files.isDirectory(file)) {
          Files.copy(file, target);
        }
      }
    }
    return to;
  }

  private static void rewrite(Path model, Consumer<JsonObject> edit) throws IOException {
    Path manifest = model.resolve(Manifest.PATH);
    JsonObject json = JsonParser.parseString(Files.readString(manifest)).getAsJsonObject();
    json.remove(ManifestSeal.KEY);
    edit.accept(json);
    Files.writeString(manifest, ManifestSeal.seal(json));
  }

  /** What a client of the signatures may get wrong is an error that says so. */
  @Test
  void signaturesRefuseIdsOutsideAndSourcesWithoutPieces() {
    try (LoadedModel loaded = LoadedModel.open(model)) {
      for (String signature : List.of("serving_default", "greedy", "encode")) {
        assertRefused(loaded, signature, new int[] {4, 33}, "= 33 is not in [0, 33)");
        assertRefused(loaded, signature, new int[] {4, -1}, "= -1 is not in [0, 33)");
        assertRefused(loaded, signature, new int[] {0, 0}, "length");
      }
    }
  }

  private static void assertRefused(
      LoadedModel loaded, String signature, int[] ids, String message) {
    assertThatThrownBy(() -> loaded.call(signature, Map.of("source_ids", NpyArray.of(ids, 1, 2))))
        .as(signature)
        .isInstanceOf(TFInvalidArgumentException.class)
        .hasMessageContaining(message);
  }

  /** Settings of the search that no translation could be found with. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model.beam.alpha=-0.1 | model.beam.alpha",
        "model.beam.beta=-1 | model.beam.beta",
        "model.beam.beams=0 | model.beam.beams",
        "model.pieces=50 | model.pieces",
        "model={\"type\":\"translation\",\"pieces\":8,\"embeddingSize\":2,\"beam\":{\"beams\":8},\"cell\":{\"type\":\"lstm\",\"units\":2}}"
            + " | model.beam.beams (from --set): more translations than",
      })
  void settingsOfTheSearchAreChecked(String setting, String message) {
    assertError(Cli.run("inspect", "graphs/translate-sample.json", "--set", setting), message);
  }

  /** Nobody reads on: not an endless translation. */
  @Test
  void endsWhenNothingCanBePrintedAnyMore() {
    PrintStream broken =
        new PrintStream(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
              }
            },
            true,
            UTF_8);
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    InputStream before = System.in;
    try {
      System.setIn(
          new InputStream() {
            private int i;

            @Override
            public int read() {
              return "a\n".charAt(i++ % 2); // without end
            }

            @Override
            public int read(byte[] target, int from, int count) {
              for (int at = from; at < from + count; at++) {
                target[at] = (byte) read();
              }
              return count;
            }
          });
      int code =
          Main.run(
              new String[] {"translate", model.toString()},
              broken,
              new PrintStream(err, true, UTF_8));
      assertThat(code).isEqualTo(2);
      assertThat(err.toString(UTF_8)).startsWith("error: standard output: cannot be written");
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void aTranslationIsThatOfTheWholeVocabulary() {
    try (Translator translator = Translator.open(model)) {
      List<Translation> all = translator.translate(List.of("the cat")).get(0);
      assertThat(all).hasSize(1);
      Subwords subwords = translator.subwords();
      assertThat(subwords).isEqualTo(RandomTranslationModel.SUBWORDS);
      // outputs that have no piece are named, and have no text
      for (String piece : all.get(0).pieces()) {
        assertThat(subwords.pieces().contains(piece) || piece.matches("<3[0-2]>")).isTrue();
      }
    }
  }
}
