package dev.dbosj.store;

import dev.dbosj.time.Time;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * The promises that every system database keeps, in chapters. A store has one subclass, which says how to open it.
 */
public abstract class SystemDatabaseContract
        implements InsertContract, RunContract, EventContract, MessageContract, OwnershipContract, MembershipContract,
                ClaimContract, FlowContract, AdmissionContract, ChangeContract, AttemptContract, ReadContract {
    private final ManualTime time = new ManualTime();
    private final List<SystemDatabase> opened = new ArrayList<>();

    /**
     * Opens the database of this test, which is empty and not migrated at the first call. Further calls open it once
     * more, or return what was opened if the store does not support that.
     */
    protected abstract SystemDatabase open(Time time);

    @BeforeEach
    void openAndMigrate() {
        another().migrate();
    }

    @AfterEach
    void closeAll() {
        opened.forEach(SystemDatabase::close);
    }

    @Override
    public final ManualTime time() {
        return time;
    }

    @Override
    public final SystemDatabase db() {
        return opened.getFirst();
    }

    @Override
    public final SystemDatabase another() {
        var database = open(time);
        opened.add(database);
        return database;
    }
}
