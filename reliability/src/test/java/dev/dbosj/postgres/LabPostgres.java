package dev.dbosj.postgres;

/** The one door that tests in other packages do not have: what the driver makes of the URL that the store is given. */
public final class LabPostgres {
    private LabPostgres() {}

    /** The URL for the driver. */
    public static String jdbc(String url) {
        return PostgresUrl.jdbc(url);
    }
}
