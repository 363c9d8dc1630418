/** The store that forgets: for tests, simulation, and for reading what the SPI means. */
package dev.dbosj.store.memory;
