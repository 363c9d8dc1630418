/** Durable workflows, steps and queues: the public API and the engine. */
module dev.dbosj {
    requires com.google.gson;
    requires java.sql;
    requires org.slf4j;

    exports dev.dbosj;
    exports dev.dbosj.workflow;
    exports dev.dbosj.exceptions;
    exports dev.dbosj.store;
    exports dev.dbosj.time;
    exports dev.dbosj.store.jdbc to
            dev.dbosj.sqlite;

    uses dev.dbosj.store.SystemDatabaseProvider;

    provides dev.dbosj.store.SystemDatabaseProvider with
            dev.dbosj.store.memory.MemoryProvider;
}
