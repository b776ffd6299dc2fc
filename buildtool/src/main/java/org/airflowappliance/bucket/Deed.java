package org.airflowappliance.bucket;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** One thing that is done at a MinIO. */
sealed interface Deed {
  /** Does it. */
  void at(MinioAdmin server);

  /** A policy becomes this document. */
  record PutPolicy(String name, JsonNode document) implements Deed {
    @Override
    public void at(MinioAdmin server) {
      server.putPolicy(name, document);
    }
  }

  /** A policy that no user has goes. */
  record RemovePolicy(String name) implements Deed {
    @Override
    public void at(MinioAdmin server) {
      server.removePolicy(name);
    }
  }

  /** A user begins to be. */
  record MakeUser(StoreKeys keys) implements Deed {
    @Override
    public void at(MinioAdmin server) {
      server.makeUser(keys);
    }
  }

  /** A user goes, and the access keys that it made for itself. */
  record RemoveUser(String id) implements Deed {
    @Override
    public void at(MinioAdmin server) {
      server.removeUser(id);
    }
  }

  /** What was derived from a user's keys for some hours ends. */
  record EndSessions(String id) implements Deed {
    @Override
    public void at(MinioAdmin server) {
      server.endSessions(id);
    }
  }

  /** A user has these policies and no others. */
  record Attach(String id, Set<String> policies) implements Deed {
    @Override
    public void at(MinioAdmin server) {
      server.attach(id, policies);
    }
  }
}
