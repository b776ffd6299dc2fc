package org.airflowappliance.repository;

import java.time.Instant;
import org.airflowappliance.rpm.RpmHeader;

/**
 * A package as the metadata describes it.
 *
 * @param href where it stands, relative to the repository
 * @param size of the file, in bytes
 * @param sha256 of the file
 * @param header its headers
 * @param time file time that is written down, the release's
 */
record PackageFile(String href, long size, String sha256, RpmHeader header, Instant time) {}
