package dev.engram.cli;

import dev.engram.NotFoundException;
import dev.engram.spi.ObjectStore;
import dev.engram.spi.ObjectStoreProvider;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where backups and archives are, as users name it. Static functions only. */
final class Targets {
  static final String DESCRIPTION = "A directory, or an address such as s3://bucket/prefix.";

  private Targets() {}

  /** One that is made with the first object, if it is not there. */
  static ObjectStore open(String target) {
    return ObjectStoreProvider.load(target);
  }

  /** One that is to be read; a directory has to be there: a mistyped one holds nothing either. */
  static ObjectStore existing(String target) {
    URI address = ObjectStoreProvider.address(target);
    ObjectStore objects = open(target);
    if (address.getScheme().equalsIgnoreCase("file") && !Files.isDirectory(Path.of(address))) {
      objects.close();
      throw new NotFoundException("no such directory: target=" + target);
    }
    return objects;
  }
}
