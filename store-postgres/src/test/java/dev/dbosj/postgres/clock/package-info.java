/** T7: machines whose clocks are wrong. */
package dev.dbosj.postgres.clock;
