package org.airflowappliance.plan;

/**
 * A derived folder that joins an artifact, and where its files stand in it, owned by root.
 *
 * @param derived the folder
 * @param prefix absolute path
 */
public record DerivedTree(Derived derived, String prefix) {}
