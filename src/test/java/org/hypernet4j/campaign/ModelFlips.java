// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.hypernet4j.cli.Main;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.VerificationReport;
import org.hypernet4j.export.verify.FreshJvm;
import org.hypernet4j.export.verify.Verifier;
import org.jspecify.annotations.Nullable;

/**
 * Flips one bit of one file of an exported model at a time. {@code verify} must find a fault and
 * name the file; {@code generate}, {@code bench}, {@code import} and {@code publish} must refuse
 * the model with exit code 2, or 1 for a publication, and name the file too.
 *
 * <p>The work is done by a child JVM, which lives on from flip to flip; where native code ends it,
 * {@code verify} in a fresh JVM must still give its verdict, and another child goes on.
 *
 * <pre>{@code
 * assertThat(ModelFlips.run(model, 1L, 1000, temporaryFolder).failures()).isEmpty();
 * }</pre>
 */
public final class ModelFlips {
  private static final String DONE = "flip ";
  private static final String FAILED = "failed: ";

  private final Path original;
  private final Path copy;
  private final List<Path> files;

  private ModelFlips(Path original, Path copy) throws IOException {
    this.original = original;
    this.copy = copy;
    try (Stream<Path> paths = Files.walk(original)) {
      files = paths.filter(Files::isRegularFile).map(original::relativize).sorted().toList();
    }
  }

  /**
   * What came of it.
   *
   * @param flips how many were tried
   * @param crashes how many of them ended the JVM in which they were tried
   * @param failures one line each, with the number of the flip
   */
  public record Result(int flips, int crashes, List<String> failures) {}

  /**
   * Tries some flips.
   *
   * @param model folder of one version of a model that this library exported; not changed
   * @param seed decides which bits: flip i of a seed is always the same
   * @param folder empty, for copies
   */
  public static Result run(Path model, long seed, int count, Path folder)
      throws IOException, InterruptedException {
    List<String> failures = new ArrayList<>();
    int crashes = 0;
    int next = 0;
    while (next < count) {
      Process child = child(model, seed, next, count, folder);
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(child.getInputStream(), UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith(DONE)) {
            next++;
          } else if (line.startsWith(FAILED)) {
            failures.add(line);
          }
        }
      } finally {
        child.destroyForcibly();
      }
      if (child.waitFor() != 0 && next < count) {
        crashes++;
        ModelFlips flips = new ModelFlips(model, folder.resolve("fresh-" + next));
        flips.copy();
        Flip flip = flips.flip(seed, next);
        VerificationReport report = FreshJvm.verify(flips.copy);
        String wrong = wrong(flip, report);
        if (wrong != null) {
          failures.add(FAILED + next + ", " + flip + ": " + wrong);
        }
        next++;
      }
    }
    return new Result(count, crashes, failures);
  }

  /** {@code ModelFlips MODEL SEED COUNT FOLDER}, or with FROM before FOLDER as the child does. */
  public static void main(String[] args) throws Exception {
    Path model = Path.of(args[0]);
    long seed = Long.parseLong(args[1]);
    int count = Integer.parseInt(args[2]);
    Path folder = Path.of(args[args.length - 1]);
    if (args.length == 4) {
      Result result = run(model, seed, count, folder);
      result.failures().forEach(System.out::println);
      System.out.printf(
          "%d flips of %s, seed %d: %d failures, %d ended their JVM%n",
          result.flips(), model, seed, result.failures().size(), result.crashes());
      System.exit(result.failures().isEmpty() ? 0 : 1);
    }
    new ModelFlips(model, folder.resolve("copy-" + args[3]))
        .work(seed, Integer.parseInt(args[3]), count);
    System.exit(0);
  }

  private static Process child(Path model, long seed, int from, int count, Path folder)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            ModelFlips.class.getName(),
            model.toString(),
            String.valueOf(seed),
            String.valueOf(count),
            String.valueOf(from),
            folder.toString());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path", ""));
    builder.environment().putIfAbsent("TF_CPP_MIN_LOG_LEVEL", "2");
    return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private record Flip(Path file, int at, int bit) {
    @Override
    public String toString() {
      return "bit %d of byte %d of %s".formatted(bit, at, file);
    }
  }

  private void copy() throws IOException {
    for (Path file : files) {
      Path target = copy.resolve(file.toString());
      Files.createDirectories(Objects.requireNonNull(target.getParent()));
      Files.copy(original.resolve(file.toString()), target);
    }
  }

  /** Makes flip number {@code i} in the copy. */
  private Flip flip(long seed, int i) throws IOException {
    SplittableRandom random = new SplittableRandom(seed + 0x9E3779B97F4A7C15L * (i + 1));
    Path file = files.get(random.nextInt(files.size()));
    byte[] bytes = Files.readAllBytes(original.resolve(file.toString()));
    int at = random.nextInt(bytes.length);
    int bit = random.nextInt(8);
    bytes[at] ^= (byte) (1 << bit);
    Files.write(copy.resolve(file.toString()), bytes);
    return new Flip(file, at, bit);
  }

  private void work(long seed, int from, int count) throws IOException {
    PrintStream out = System.out;
    System.setOut(System.err);
    copy();
    for (int i = from; i < count; i++) {
      Flip flip = flip(seed, i);
      for (String wrong : tryAll(flip)) {
        out.println(FAILED + i + ", " + flip + ": " + wrong);
      }
      out.println(DONE + i);
      out.flush();
      Files.write(
          copy.resolve(flip.file().toString()),
          Files.readAllBytes(original.resolve(flip.file().toString())));
    }
  }

  private List<String> tryAll(Flip flip) {
    List<String> wrong = new ArrayList<>();
    String found = wrong(flip, Verifier.verify(copy));
    if (found != null) {
      wrong.add(found);
    }
    Path served = copy.resolveSibling("served");
    tryCommand(flip, wrong, 2, "generate", copy.toString(), "--length", "3");
    tryCommand(flip, wrong, 2, "bench", copy.toString(), "--predictions", "2");
    tryCommand(
        flip,
        wrong,
        2,
        "import",
        "graphs/shakespeare-hyperlstm.json",
        copy.toString(),
        "--run",
        copy.resolveSibling("run").toString(),
        "--dry-run");
    tryCommand(flip, wrong, 1, "publish", copy.toString(), served.toString());
    if (Files.exists(served)) {
      wrong.add("something was published");
    }
    return wrong;
  }

  private static @Nullable String wrong(Flip flip, VerificationReport report) {
    if (report.verified()) {
      return "verified";
    }
    boolean named =
        report.faults().stream()
            .map(Fault::message)
            .anyMatch(message -> message.contains(flip.file().getFileName().toString()));
    return named ? null : "verify does not name the file: " + report.faults();
  }

  /** Exit code 2 is always right; {@code other} may be too. */
  private static void tryCommand(Flip flip, List<String> wrong, int other, String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.run(words, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    if (code != 2 && code != other) {
      wrong.add(words[0] + " ended with " + code + ": " + err.toString(UTF_8).strip());
    } else if (!err.toString(UTF_8).contains(flip.file().getFileName().toString())) {
      wrong.add(words[0] + " does not name the file: " + err.toString(UTF_8).strip());
    }
  }
}
