import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.gaul.s3proxy.Main;

/**
 * Serves the interface of S3 on a free port of loopback, from memory, until its standard input
 * ends. Takes the access key and the secret key that it lets in; prints its port.
 */
final class Server {
  private Server() {}

  public static void main(String[] keys) throws Exception {
    int port = freePort();
    Path properties = Files.createTempFile("s3server", ".properties");
    try {
      Files.write(
          properties,
          List.of(
              "s3proxy.endpoint=http://127.0.0.1:" + port,
              "s3proxy.authorization=aws-v2-or-v4",
              "s3proxy.identity=" + keys[0],
              "s3proxy.credential=" + keys[1],
              "jclouds.provider=transient-nio2",
              "jclouds.identity=none",
              "jclouds.credential=none"));
      Main.main(new String[] {"--properties", properties.toString()});
    } finally {
      Files.delete(properties);
    }
    System.out.println(port);
    while (System.in.read() >= 0) {}
    Runtime.getRuntime().halt(0);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
