// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.export.publish;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hypernet4j.error.UserError;
import org.hypernet4j.export.Fault;
import org.hypernet4j.export.Manifest;
import org.hypernet4j.export.ModelTrust;
import org.hypernet4j.export.NotVerifiedException;
import org.hypernet4j.export.VerificationReport;
import org.hypernet4j.export.verify.FreshJvm;
import org.hypernet4j.export.verify.ModelIntegrity;
import org.hypernet4j.export.verify.Verifier;
import org.jspecify.annotations.Nullable;

/**
 * Copies an exported model into a served folder as its next version.
 *
 * <p>A server looks at the folder every second, so the copy is made under a name that it does not
 * take for a version; a fresh JVM verifies the copy, byte for byte the model that will be served;
 * then one rename gives it its number. On any failure before that, the served folder is unchanged.
 *
 * <p>Either folder may be given by a link. Inside the model there must be none: the target of a
 * link is not part of the model, and would be served.
 *
 * <pre>{@code
 * Publisher.Published done = Publisher.publish(Path.of("export/models/bard/3"), served, 2);
 * done.version(); // served/8
 * }</pre>
 */
public final class Publisher {
  private Publisher() {}

  /**
   * The result of a publication.
   *
   * @param version the folder of the new version
   * @param bytes the size of the new version in bytes
   * @param removed older versions that were removed
   * @param maxAbsDifference largest difference between the copy's outputs and the reference outputs
   */
  public record Published(Path version, long bytes, List<Path> removed, double maxAbsDifference) {
    /** Copies the list. */
    public Published {
      removed = List.copyOf(removed);
    }
  }

  /**
   * Publishes a model.
   *
   * @param model the folder that holds {@code saved_model.pb}
   * @param served the folder of versions; created if it does not exist
   * @param keep number of the newest versions that stay, at least 1, or null for all; the new one
   *     always stays
   * @throws UserError if there is no such model, a link or a pipe is in it, its manifest cannot be
   *     read, the folder cannot be written or has no room, no number is left for the version, or
   *     one of the two folders is in the other
   * @throws NotVerifiedException if a file is not that of the manifest or the fresh JVM finds
   *     another fault; nothing was published
   */
  public static Published publish(Path model, Path served, @Nullable Integer keep) {
    return publish(model, served, keep, ModelTrust.NONE);
  }

  /**
   * As {@link #publish(Path, Path, Integer)}, for a model whose author is trusted, or trusted with
   * some ops.
   */
  public static Published publish(
      Path model, Path served, @Nullable Integer keep, ModelTrust trust) {
    if (keep != null && keep < 1) {
      throw UserError.in("keep")
          .what("at least the new version must stay")
          .expected("1 or more")
          .received(keep)
          .build();
    }
    Verifier.requireModelFolder(model);
    requireManifest(model);
    requireApart(model, served);
    ModelCopy copy = ModelCopy.of(model);
    requireWhole(model, served);
    VersionFolders folders = VersionFolders.open(served);
    try (UnfinishedFolder temporary = folders.temporary()) {
      final long bytes = copy.bytes();
      requireSpace(bytes, temporary.path(), served);
      copy.to(temporary.path());
      VerificationReport report = FreshJvm.verify(temporary.path(), trust);
      if (!report.verified()) {
        throw new NotVerifiedException(model.toString(), served, report);
      }
      Path version = folders.publish(temporary);
      List<Path> removed = keep == null ? List.of() : folders.removeOlder(version, keep);
      return new Published(version, bytes, removed, report.maxAbsDifference());
    } catch (IOException e) {
      throw VersionFolders.cannotWrite(served, e);
    } finally {
      folders.removeCreated(); // those that are empty: none after a publication
    }
  }

  /** Without a manifest nothing proves the model, and its list of files is unknown. */
  private static void requireManifest(Path model) {
    if (!Manifest.isIn(model)) {
      throw UserError.in(model)
          .what("is not published: it has no " + Manifest.PATH)
          .expected("a model that this library exported")
          .next("copy a model of another origin into the served folder yourself")
          .build();
    }
  }

  /** A copy of a folder into itself would never end. */
  private static void requireApart(Path model, Path served) {
    try {
      Path from = model.toRealPath();
      Path to = served.toAbsolutePath().normalize();
      while (!Files.exists(to) && to.getParent() != null) {
        to = to.getParent();
      }
      if (to.toRealPath().startsWith(from)) {
        throw UserError.in(served)
            .what("is the model itself or in it")
            .expected("a folder of versions, which may be the one that the model is in")
            .received(model)
            .next("choose another folder to publish to")
            .build();
      }
    } catch (IOException e) {
      throw VersionFolders.cannotWrite(served, e);
    }
  }

  /** A model that differs from the exported one is not even copied. */
  private static void requireWhole(Path model, Path served) {
    List<Fault> faults = ModelIntegrity.faults(model, Manifest.read(model));
    if (!faults.isEmpty()) {
      throw new NotVerifiedException(
          model.toString(),
          served,
          new VerificationReport(
              model, faults, List.of(), List.of(), 0, 0, VerificationReport.Timings.NONE));
    }
  }

  private static void requireSpace(long bytes, Path to, Path served) throws IOException {
    long usable = Files.getFileStore(to).getUsableSpace();
    if (usable < bytes) {
      throw UserError.in(served)
          .what("the disk is too full for the model")
          .expected(bytes / 1024 + " KiB")
          .received(usable / 1024 + " KiB free")
          .next("free some space, or publish with fewer versions kept")
          .build();
    }
  }
}
