/**
 * The site around a cluster as the tests need it: network, PostgreSQL, S3, an API server, the
 * release's web server and systemd nodes. Nodes are on a network without a route elsewhere; the
 * tests' own servers stand on its gateway.
 */
package org.airflowappliance.it.site;
