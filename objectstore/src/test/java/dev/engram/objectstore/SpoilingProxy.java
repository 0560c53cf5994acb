package dev.engram.objectstore;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Passes requests on to a server, one on each connection, and spoils those that it is told to.
 * Thread-safe.
 */
final class SpoilingProxy implements AutoCloseable {
  private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+)");
  private static final Pattern DROPPED = Pattern.compile("(?im)^(expect|connection):.*\r\n");

  private final URI server;
  private final ServerSocket socket;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicInteger requests = new AtomicInteger();
  private volatile Plan plan = new Plan(Fault.NONE, 0, 0);

  /** What happens to a request. */
  enum Fault {
    NONE,
    /** The connection ends before the server knows of the request. */
    UNHEARD,
    /** The server gets half of the request. */
    HALF_SENT,
    /** The server does what it is asked to, and its answer is lost. */
    UNANSWERED,
    /** The client gets half of the answer. */
    HALF_ANSWERED,
    /** Nothing comes, and the connection stays. */
    SILENT,
    /** The last byte of what is sent is another. */
    ALTERED_REQUEST,
    /** The last byte of the answer is another. */
    ALTERED_ANSWER
  }

  private record Plan(Fault fault, int first, int last) {}

  SpoilingProxy(URI server) throws IOException {
    this.server = server;
    this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  /** How many requests came. */
  int requests() {
    return requests.get();
  }

  /** Spoils the n-th request from now on, and no other. */
  void spoilOne(Fault fault, int n) {
    int number = requests.get() + n;
    plan = new Plan(fault, number, number);
  }

  /** Spoils the n-th request from now on, and all after it. */
  void spoilFrom(Fault fault, int n) {
    plan = new Plan(fault, requests.get() + n, Integer.MAX_VALUE);
  }

  void mend() {
    plan = new Plan(Fault.NONE, 0, 0);
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    socket.close();
    threads.shutdownNow();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = socket.accept();
        threads.execute(() -> serve(client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = new BufferedInputStream(client.getInputStream());
      String head = head(in);
      if (!head.isEmpty()) {
        Plan now = plan;
        int number = requests.incrementAndGet();
        Fault fault = number >= now.first && number <= now.last ? now.fault : Fault.NONE;
        serve(head, in, client.getOutputStream(), fault);
      }
    } catch (IOException e) {
      // One of the two has gone, as it may.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(String head, InputStream in, OutputStream out, Fault fault)
      throws IOException, InterruptedException {
    if (head.toLowerCase(Locale.ROOT).contains("100-continue")) {
      out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }
    Matcher length = LENGTH.matcher(head);
    byte[] body = in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
    switch (fault) {
      case UNHEARD -> {}
      case SILENT -> closed.await();
      case HALF_SENT -> sendHalf(request(head, body));
      case UNANSWERED -> {
        byte[] _ = answer(request(head, body));
      }
      case ALTERED_REQUEST -> out.write(answer(request(head, altered(body))));
      case HALF_ANSWERED -> {
        byte[] answer = answer(request(head, body));
        out.write(answer, 0, answer.length / 2);
      }
      case ALTERED_ANSWER -> out.write(altered(answer(request(head, body))));
      case NONE -> out.write(answer(request(head, body)));
    }
    out.flush();
  }

  private static byte[] altered(byte[] bytes) {
    if (bytes.length > 0) {
      bytes[bytes.length - 1] ^= 1;
    }
    return bytes;
  }

  private static byte[] request(String head, byte[] body) {
    String plain = DROPPED.matcher(head).replaceAll("");
    String closing = plain.substring(0, plain.length() - 2) + "Connection: close\r\n\r\n";
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(closing.getBytes(StandardCharsets.ISO_8859_1));
    request.writeBytes(body);
    return request.toByteArray();
  }

  private byte[] answer(byte[] request) throws IOException {
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket.getOutputStream().write(request);
      return socket.getInputStream().readAllBytes();
    }
  }

  private void sendHalf(byte[] request) throws IOException {
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket.getOutputStream().write(request, 0, request.length / 2);
    }
  }

  /** Everything up to the empty line, with it; empty where the client has gone. */
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int last = 0;
    for (int next = in.read(); next >= 0; next = in.read()) {
      head.write(next);
      last = last << 8 | next;
      if (last == ('\r' << 24 | '\n' << 16 | '\r' << 8 | '\n')) {
        return head.toString(StandardCharsets.ISO_8859_1);
      }
    }
    return "";
  }
}
