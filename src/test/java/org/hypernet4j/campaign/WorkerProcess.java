// SPDX-License-Identifier: Apache-2.0
package org.hypernet4j.campaign;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hands the attempts of a kind to a {@link Worker} and watches it: an attempt with which the worker
 * crashes or stops answering is wrong, and the next worker goes on after it.
 */
final class WorkerProcess {
  private static final Duration START = Duration.ofMinutes(1);
  private static final long LOOK_MILLIS = 5;

  private final FaultKind kind;
  private final Path folder;
  private final Materials materials;
  private final AttemptLog log;

  /**
   * Sets it up.
   *
   * @param folder to work in
   * @param log told of every attempt
   */
  WorkerProcess(FaultKind kind, Path folder, Materials materials, AttemptLog log) {
    this.kind = kind;
    this.folder = folder;
    this.materials = materials;
    this.log = log;
  }

  /** Makes the attempts until all are made or the log has had enough. */
  void run(long... seeds) throws IOException, InterruptedException {
    int done = 0;
    for (int worker = 1; done < seeds.length && !log.isFull(); worker++) {
      done += run(worker, Arrays.copyOfRange(seeds, done, seeds.length));
    }
  }

  /** One worker's life; returns how many attempts are done with. */
  private int run(int worker, long... seeds) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    List<String> lines = Arrays.stream(seeds).mapToObj(Long::toString).toList();
    Path list = Files.write(folder.resolve("seeds"), lines);
    Path start = folder.resolve("worker-" + worker);
    Child child =
        ChildCommand.program(
                Worker.class, kind.name(), materials.folder(), folder.resolve("attempt"), list)
            .option("-D" + Commands.HOME + "=" + Path.of("").toAbsolutePath())
            .in(
                Files.createDirectories(
                    folder.resolve("home"))) // commands may write where they are
            .start(start);
    int done = 0;
    try (Answers answers = new Answers(Path.of(start + ".out"))) {
      boolean began = false;
      while (!log.isFull()) {
        String answer = answers.next(child, began ? kind.limit() : START);
        if (answer == null) {
          log.wrong(seeds[done], end(child, began ? kind.limit() : START));
          return done + 1;
        } else if (answer.equals(Worker.ENDS)) {
          return seeds.length;
        } else if (answer.equals(Worker.BEGINS)) {
          began = true;
          continue;
        } else if (answer.equals(Worker.RIGHT)) {
          log.right();
        } else {
          log.wrong(new Gson().fromJson(answer, Failure.class));
        }
        done++;
      }
    } finally {
      child.end();
    }
    return done;
  }

  /** Why there is no answer. */
  private static Wrong end(Child child, Duration limit) throws IOException, InterruptedException {
    boolean hangs = child.isAlive();
    try {
      CommandResult result = child.await(hangs ? Duration.ZERO : START);
      return result.wrong("the process ended");
    } catch (Wrong wrong) {
      return hangs
          ? new Wrong(
              "no answer within " + limit.toSeconds() + " s",
              wrong.command(),
              null,
              wrong.lastLine())
          : wrong;
    }
  }

  /** The marked lines of a file that grows. */
  private static final class Answers implements AutoCloseable {
    private final RandomAccessFile file;
    private final Deque<String> ready = new ArrayDeque<>();
    private String rest = "";

    Answers(Path path) throws IOException {
      file = new RandomAccessFile(path.toFile(), "r");
    }

    /** The next, or null when none comes in time or the process has ended without one. */
    @Nullable String next(Child child, Duration limit) throws IOException, InterruptedException {
      long end = System.nanoTime() + limit.toNanos();
      while (ready.isEmpty()) {
        boolean alive = child.isAlive(); // before reading: what it wrote last is read as well
        read();
        if (ready.isEmpty()) {
          if (!alive || System.nanoTime() > end) {
            return null;
          }
          TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
      }
      return ready.poll();
    }

    private void read() throws IOException {
      byte[] bytes = new byte[(int) (file.length() - file.getFilePointer())];
      file.readFully(bytes);
      List<String> lines =
          new ArrayList<>(List.of((rest + new String(bytes, UTF_8)).split("\n", -1)));
      rest = lines.remove(lines.size() - 1);
      for (String line : lines) {
        if (line.startsWith(Worker.MARK)) {
          ready.add(line.substring(Worker.MARK.length()));
        }
      }
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
