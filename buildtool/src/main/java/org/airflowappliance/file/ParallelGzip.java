package org.airflowappliance.file;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Compresses on all cores: each block of a fixed size becomes a gzip member of its own, so the
 * bytes do not depend on how many cores there are.
 */
public final class ParallelGzip extends OutputStream {
  /** A third less time than the usual 6, for two hundredths more bytes of Python code. */
  public static final int LEVEL = 5;

  static final int BLOCK_SIZE = 1 << 20;
  // Magic, deflate, no flags, no time, no extra flags, unknown system: nothing of this machine.
  private static final byte[] MEMBER_HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

  private final OutputStream out;
  private final ExecutorService workers;
  private final Deque<Future<byte[]>> members = new ArrayDeque<>();
  private final int ahead;
  private byte[] block = new byte[BLOCK_SIZE];
  private int filled;
  private boolean closed;

  /** Writes to {@code out}, which stays open. */
  public ParallelGzip(OutputStream out, int cores) {
    this.out = out;
    this.ahead = 2 * cores + 1;
    this.workers = Executors.newFixedThreadPool(cores, ParallelGzip::worker);
  }

  private static Thread worker(Runnable task) {
    Thread thread = new Thread(task, "gzip");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int count = Math.min(length - done, BLOCK_SIZE - filled);
      System.arraycopy(bytes, offset + done, block, filled, count);
      done += count;
      filled += count;
      if (filled == BLOCK_SIZE) {
        submit();
      }
    }
  }

  private void submit() throws IOException {
    byte[] full = block;
    int length = filled;
    members.add(workers.submit(() -> member(full, length)));
    block = new byte[BLOCK_SIZE];
    filled = 0;
    // A bound on what waits keeps the memory small, whatever the size of all.
    if (members.size() > ahead) {
      writeFirst();
    }
  }

  private void writeFirst() throws IOException {
    try {
      out.write(members.remove().get());
    } catch (ExecutionException problem) {
      throw new IOException("compressing failed", problem.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("compressing was interrupted", interrupted);
    }
  }

  private static byte[] member(byte[] bytes, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    Deflater deflater = new Deflater(LEVEL, true);
    try {
      deflater.setInput(bytes, 0, length);
      deflater.finish();
      ByteArrayOutputStream member = new ByteArrayOutputStream(length / 2 + 64);
      member.writeBytes(MEMBER_HEADER);
      byte[] part = new byte[1 << 16];
      while (!deflater.finished()) {
        member.write(part, 0, deflater.deflate(part));
      }
      ByteBuffer end = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      member.writeBytes(end.putInt((int) crc.getValue()).putInt(length).array());
      return member.toByteArray();
    } finally {
      deflater.end();
    }
  }

  /** Writes the members that are still under way. */
  public void finish() throws IOException {
    if (filled > 0) {
      submit();
    }
    while (!members.isEmpty()) {
      writeFirst();
    }
  }

  /** Stops the workers; after a failure nothing more is written. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      workers.shutdownNow();
    }
  }
}
