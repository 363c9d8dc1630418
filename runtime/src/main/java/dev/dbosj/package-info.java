/** The doors: what user code calls. */
package dev.dbosj;
