// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.hypernet4j.data.TextPart;
import org.hypernet4j.data.Vocabulary;
import org.hypernet4j.error.UserError;
import org.hypernet4j.spec.CellSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceFilesTest {
  private static final TextPart TEXT = TextPart.of("text", "a \"b\",\nba");
  private static final Vocabulary VOCABULARY = Vocabulary.of(Vocabulary.Kind.CHARACTERS, TEXT);
  private static final TraceFiles.Origin ORIGIN =
      new TraceFiles.Origin("runs/small/1, small", "best, step 70", "typed");

  @TempDir Path folder;

  private static TextTrace trace(CellSpec cell, int layers) {
    try (ReadingModel model = new ReadingModel(cell, VOCABULARY.size(), layers)) {
      return model.read(VOCABULARY.encode(TEXT).ids());
    }
  }

  @Test
  void writesPagePictureAndNumbersOfEveryLayer() throws IOException {
    TextTrace trace = trace(ReadingModel.hyperLstm(true), 2);
    Path out = folder.resolve("new/folder");
    List<Path> files = new TraceFiles(out, ORIGIN).strips(trace, VOCABULARY);
    assertThat(files)
        .containsExactly(
            out.resolve("strips.html"), out.resolve("strips.png"), out.resolve("strips.csv"));
    assertThat(Files.readString(files.get(0)))
        .contains(
            "Model: runs/small/1, small. Checkpoint: best, step 70. Text: typed.",
            "The text has 9 symbols",
            "98 % of its numbers",
            "layer 0, input gate",
            "layer 1, output gate",
            "0 W<sub>h</sub><sup>i</sup>")
        .doesNotContain("W<sub>x</sub>");
    assertThat(Objects.requireNonNull(ImageIO.read(files.get(1).toFile())).getWidth())
        .isGreaterThan(80 * 12);

    String csv = Files.readString(files.get(2));
    List<String> lines = csv.lines().toList();
    assertThat(lines.get(0))
        .startsWith("position,symbol,bits,0 W_h^i,0 W_h^g,0 W_h^f,0 W_h^o,0 W_x^i")
        .endsWith("1 beta^o");
    assertThat(lines.get(1)).isEqualTo("0,\"a\"," + ",".repeat(24));
    assertThat(lines.get(3)).startsWith("2,\"\"\"\","); // a quotation mark, doubled
    String[] second = lines.get(2).split(",", -1);
    assertThat(second).hasSize(3 + 24);
    assertThat(Double.parseDouble(second[2])).isCloseTo(trace.bits()[1], within(1e-5));
    assertThat(Double.parseDouble(second[26]))
        .isCloseTo(trace.changes().get(23).norms()[1], within(1e-5));
  }

  @Test
  void writesHistogramsOfEveryLayer() throws IOException {
    TextTrace trace =
        trace(new CellSpec.Lstm(3, false, 0.001, true, 1, CellSpec.Initializer.REFERENCE), 2);
    List<Path> files = new TraceFiles(folder, ORIGIN).histograms(trace);
    assertThat(files)
        .containsExactly(folder.resolve("histogram.png"), folder.resolve("histogram.csv"));
    assertThat(ImageIO.read(files.get(0).toFile())).isNotNull();
    List<String> lines = Files.readString(files.get(1)).lines().toList();
    assertThat(lines).hasSize(1 + 2 * 100);
    assertThat(lines.get(0)).isEqualTo("part,from,to,count,share");
    assertThat(lines.get(1)).startsWith("layer0/c,-1.00,-0.98,");
    assertThat(lines.get(200)).startsWith("layer1/c,0.98,1.00,");
    assertThat(lines.stream().skip(101).mapToLong(l -> Long.parseLong(l.split(",", -1)[3])).sum())
        .isEqualTo(9 * 3);
  }

  @Test
  void saysWhatAModelDoesNotHave() {
    TraceFiles files = new TraceFiles(folder, ORIGIN);
    TextTrace lstm =
        trace(new CellSpec.Lstm(3, false, 0.001, true, 1, CellSpec.Initializer.REFERENCE), 1);
    assertThatThrownBy(() -> files.strips(lstm, VOCABULARY))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("runs/small/1, small: the weights of this model are the same");
    TextTrace rnn = trace(new CellSpec.BasicRnn(3), 1);
    assertThatThrownBy(() -> files.histograms(rnn))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("runs/small/1, small: this model has no memory cell c");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void saysWhereItCannotWrite() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> new TraceFiles(file.resolve("out"), ORIGIN))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the folder cannot be made");
  }
}
