/** The SPI: what a system database must be able to do. */
package dev.dbosj.store;
