/** One process's life: membership, claiming, slots, takeover, shutdown. */
package dev.dbosj.executor;
