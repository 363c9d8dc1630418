package dev.dbosj.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import dev.dbosj.store.SystemDatabaseProvider;
import dev.dbosj.time.Time;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresUrlTest {
    @Test
    void theProviderIsFoundByTheServiceLoader() {
        assertThat(ServiceLoader.load(SystemDatabaseProvider.class)).hasAtLeastOneElementOfType(PostgresProvider.class);
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://h/d, true", "postgres://h/d, true", "jdbc:postgresql://h/d, true", "postgresql://, true",
        "postgresql:d, false", "memory:, false", "sqlite:a.db, false", "jdbc:mysql://h/d, false"
    })
    void onlyUrlsOfPostgresAreAccepted(String url, boolean accepted) {
        assertThat(new PostgresProvider().accepts(url)).isEqualTo(accepted);
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://h/d, jdbc:postgresql://h/d",
        "postgres://h/d, jdbc:postgresql://h/d",
        "jdbc:postgresql://h:5433/d, jdbc:postgresql://h:5433/d",
        "postgresql://u:p@h:5433/d, jdbc:postgresql://h:5433/d?user=u&password=p",
        "postgresql://u@h/d, jdbc:postgresql://h/d?user=u",
        "postgresql://u:p%40%2F@h/d, jdbc:postgresql://h/d?user=u&password=p%40%2F",
        "postgresql://u+1:p&+@h/d, jdbc:postgresql://h/d?user=u%2B1&password=p%26%2B",
        "postgresql://u:p:q@h/d, jdbc:postgresql://h/d?user=u&password=p:q",
        "postgresql://u:p@h/d?ssl=true&user=x, jdbc:postgresql://h/d?ssl=true&user=x&user=u&password=p",
        "jdbc:postgresql://h/d?user=u&password=p&prepareThreshold=0,"
                + " jdbc:postgresql://h/d?user=u&password=p&prepareThreshold=0",
        "'postgresql://u:p@h1:1,h2:2/d?targetServerType=primary',"
                + " 'jdbc:postgresql://h1:1,h2:2/d?targetServerType=primary&user=u&password=p'",
        "postgresql://[::1]:5432/d, jdbc:postgresql://[::1]:5432/d"
    })
    void everyUrlBecomesOneThatTheDriverUnderstands(String url, String jdbc) {
        assertThat(PostgresUrl.jdbc(url)).isEqualTo(jdbc);
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgresql://u:secret@host", "postgresql://u:secret@host/", "postgresql://u:secret@/"})
    void anUrlWithoutADatabaseIsRefusedAndDoesNotShowThePassword(String url) {
        assertThatThrownBy(() -> new PostgresProvider().open(url, Time.system()))
                .isInstanceOfSatisfying(
                        SystemDatabaseException.class, refused -> assertThat(refused.kind()).isEqualTo(Kind.UNUSABLE))
                .hasMessageContaining("names no database")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aServerThatIsNotThereIsNamedAsSuch() {
        assertThatThrownBy(() -> new PostgresProvider().open("postgresql://localhost:1/d", Time.system()))
                .isInstanceOfSatisfying(
                        SystemDatabaseException.class,
                        refused -> assertThat(refused.kind()).isEqualTo(Kind.UNAVAILABLE))
                .hasMessageContaining("cannot be reached");
    }

    @Test
    void aDatabaseThatIsNotThereIsNamedAsSuch() {
        assertThatThrownBy(() -> new PostgresProvider().open(PostgresServer.shared().url("missing"), Time.system()))
                .hasMessageContaining("there is no such database");
    }
}
