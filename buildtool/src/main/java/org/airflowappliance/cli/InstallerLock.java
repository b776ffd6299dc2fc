package org.airflowappliance.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.airflowappliance.kickstart.Installer;
import org.airflowappliance.kickstart.RockyTree;
import org.airflowappliance.lock.Mirrors;
import org.airflowappliance.lock.Pin;
import org.airflowappliance.lock.StoreProblem;
import org.airflowappliance.plan.PinRows;

/**
 * Renews the lock of Rocky's installer from what a mirror says of its tree. Nothing signs that
 * list, so it is worth as much as the mirror and the way to it; the lock holds it from then on.
 *
 * @param url base of a mirror of Rocky Linux 8
 */
record InstallerLock(String url) {
  private static final String OPTION = "--rocky-mirror";

  /** Asks the mirror, writes what differs below {@code folder}, and says what it was. */
  List<String> renew(Path folder) throws IOException {
    return BootLock.between(folder.resolve(Installer.LOCK), PinRows.text(asked())).write();
  }

  private List<Pin> asked() {
    try {
      return pins();
    } catch (StoreProblem | IllegalArgumentException problem) {
      String message = problem.getMessage();
      throw new UserError(message.startsWith(OPTION) ? message : OPTION + ": " + message);
    } catch (IOException away) {
      throw new UserError(OPTION + ": " + away.getMessage() + "; name another mirror");
    }
  }

  private List<Pin> pins() throws IOException {
    Mirrors mirror = Mirrors.named(OPTION, url);
    String place = RockyTree.BASE + "/.treeinfo";
    RockyTree tree =
        RockyTree.parse(place, new String(mirror.unlocked(place), StandardCharsets.UTF_8));
    List<Pin> pins = new ArrayList<>();
    for (String file : RockyTree.BOOTED) {
      pins.add(
          new Pin(
              file.substring(file.lastIndexOf('/') + 1),
              tree.version(),
              file,
              mirror.size(RockyTree.BASE + "/" + file),
              tree.digests().get(file)));
    }
    return pins;
  }
}
