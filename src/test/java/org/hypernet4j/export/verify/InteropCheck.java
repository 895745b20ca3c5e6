// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.verify;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.OutputDifference;
import org.hypernet4j.export.ReferenceCase;
import org.hypernet4j.export.ReferenceFiles;
import org.hypernet4j.export.Tolerance;
import org.hypernet4j.interop.ModelReader;
import org.hypernet4j.interop.ReaderProcess;

/**
 * Holds another runtime against the reference outputs of exported models: {@code InteropCheck
 * MODEL... -- COMMAND...}, where the command starts a {@link ReaderProcess}. One line for each
 * model, and one for each fault. Exit code 0: all outputs of all signatures are as recorded; 1: not
 * so; 2: the reader does not start.
 */
public final class InteropCheck {
  static final int AGREES = 0;
  static final int DIFFERS = 1;
  static final int NO_READER = 2;

  private InteropCheck() {}

  /** Checks the models with the reader that the command starts. */
  public static void main(String[] args) {
    List<String> all = Arrays.asList(args);
    int end = all.indexOf("--");
    if (end < 1 || end == all.size() - 1) {
      System.err.println("usage: InteropCheck MODEL... -- COMMAND...");
      System.exit(NO_READER);
    }
    List<Path> models = all.subList(0, end).stream().map(Path::of).toList();
    System.exit(run(models, all.subList(end + 1, all.size()), System.out));
  }

  static int run(List<Path> models, List<String> command, PrintStream out) {
    try (ReaderProcess reader = ReaderProcess.start(command)) {
      int exit = AGREES;
      for (Path model : models) {
        exit = Math.max(exit, check(model, reader, out));
      }
      return exit;
    } catch (IOException e) {
      out.println("FAILED: the reader does not start or end: " + e.getMessage());
      return NO_READER;
    }
  }

  /** Calls every signature with every recorded input. */
  static int check(Path model, ModelReader reader, PrintStream out) {
    List<Fault> faults = new ArrayList<>();
    List<OutputDifference> differences = new ArrayList<>();
    String where = reader.runtime() + ": " + model;
    Set<String> signatures = new TreeSet<>();
    try {
      Manifest manifest = Manifest.read(model);
      where = "%s: %s (%s)".formatted(reader.runtime(), manifest.model(), manifest.form());
      signatures.addAll(manifest.signatures().keySet());
      callAll(model, reader, faults, differences, signatures);
    } catch (UserError e) {
      faults.add(new Fault(Fault.Kind.REFERENCE, Verifier.oneLine(e)));
    }
    for (Fault fault : faults) {
      out.println("FAILED " + where + ": " + fault);
    }
    if (!faults.isEmpty()) {
      return DIFFERS;
    }
    out.printf(
        "ok     %s: %d outputs of %s, largest difference %.1e absolute, %.1e relative%n",
        where,
        differences.size(),
        String.join(", ", signatures),
        differences.stream().mapToDouble(OutputDifference::maxAbsolute).max().orElseThrow(),
        differences.stream().mapToDouble(OutputDifference::maxRelative).max().orElseThrow());
    return AGREES;
  }

  private static void callAll(
      Path model,
      ModelReader reader,
      List<Fault> faults,
      List<OutputDifference> differences,
      Set<String> signatures) {
    // the limit is what the project promises, whatever a manifest says
    CaseComparison comparison = new CaseComparison(Tolerance.DEFAULT, faults, differences);
    Set<String> open = new TreeSet<>(signatures);
    List<ReferenceCase> cases = ReferenceFiles.read(model);
    for (int i = 0; i < cases.size(); i++) {
      ReferenceCase one = cases.get(i);
      open.remove(one.signature());
      try {
        comparison.compare(i, one, reader.call(model, one.signature(), one.inputs()));
      } catch (IOException e) {
        faults.add(
            new Fault(
                Fault.Kind.LOAD,
                "case %d, %s: %s".formatted(i, one.signature(), Verifier.oneLine(e))));
      }
    }
    for (String key : open) {
      faults.add(new Fault(Fault.Kind.REFERENCE, "no recorded case of the signature " + key));
    }
  }
}
