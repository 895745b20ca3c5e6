// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.hypernet4j.io.internal.AtomicFiles;

/** Tries all kinds of faults, two at a time, and reports. */
final class Campaign {
  private static final int LANES = 2;

  private final Settings settings;
  private final List<FaultKind> kinds;
  private final PrintStream out;

  Campaign(Settings settings, List<FaultKind> all, PrintStream out) {
    this.settings = settings;
    this.kinds = all.stream().filter(settings::includes).toList();
    this.out = out;
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException(
          "campaign.only names no kind: "
              + settings.only().keySet()
              + "; there are "
              + all.stream().map(FaultKind::name).toList());
    }
  }

  /** Runs it all and writes {@code report.md} and {@code report.json} into the folder. */
  CampaignReport run() throws IOException, InterruptedException, ExecutionException {
    long start = System.nanoTime();
    Path folder = settings.folder().toAbsolutePath();
    SmallDisk.unmountAll(folder);
    AtomicFiles.deleteRecursively(folder);
    Files.createDirectories(folder);
    Materials materials;
    try {
      materials =
          Materials.make(
              folder.resolve("materials"), kinds.stream().anyMatch(FaultKind::needsTrained));
    } catch (Wrong wrong) {
      throw new IllegalStateException(
          "the materials: " + Failure.of("materials", settings.seed(), wrong), wrong);
    }
    List<Tally> tallies = new ArrayList<>();
    ExecutorService lanes = Executors.newFixedThreadPool(LANES);
    try {
      List<Future<Tally>> running = new ArrayList<>();
      for (FaultKind kind : kinds) {
        running.add(lanes.submit(() -> tryOut(kind, folder.resolve(kind.name()), materials)));
      }
      for (Future<Tally> each : running) {
        tallies.add(each.get());
      }
    } finally {
      lanes.shutdownNow();
    }
    tallies.sort(Comparator.comparing(tally -> tally.kind().name()));
    CampaignReport report =
        new CampaignReport(settings, tallies, (System.nanoTime() - start) / 1e9);
    report.write(folder);
    out.println(report.table());
    return report;
  }

  private Tally tryOut(FaultKind kind, Path folder, Materials materials)
      throws IOException, InterruptedException {
    AttemptLog log = new AttemptLog(kind, out);
    String obstacle = kind.obstacle();
    if (obstacle != null) {
      out.printf("%s: not tried, %s%n", kind.name(), obstacle);
      return log.tally();
    }
    long[] seeds = settings.seeds(kind);
    if (kind.inWorker()) {
      new WorkerProcess(kind, folder, materials, log).run(seeds);
    } else {
      for (int i = 0; i < seeds.length && !log.isFull(); i++) {
        tryHere(kind, seeds[i], folder.resolve(Long.toString(seeds[i])), materials, log);
      }
    }
    SmallDisk.unmountAll(folder);
    Tally tally = log.tally();
    out.printf(
        "%s: %d tried, %d wrong, %d s%n",
        kind.name(), tally.tried(), tally.wrong(), tally.time().toSeconds());
    return tally;
  }

  private static void tryHere(
      FaultKind kind, long seed, Path folder, Materials materials, AttemptLog log)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    try {
      kind.attempt(new Attempt(seed, folder, materials));
      log.right();
      AtomicFiles.deleteRecursively(folder); // what is wrong stays to be looked at
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception | AssertionError e) {
      log.wrong(seed, Wrong.of(e));
    }
  }
}
