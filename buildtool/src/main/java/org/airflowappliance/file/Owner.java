package org.airflowappliance.file;

/**
 * User and group of a file: names for package payloads, numbers for image layers.
 *
 * @param user name of the user
 * @param uid number of the user
 * @param group name of the group
 * @param gid number of the group
 */
public record Owner(String user, int uid, String group, int gid) {
  /** The administrator, who owns all code. */
  public static final Owner ROOT = new Owner("root", 0, "root", 0);
}
