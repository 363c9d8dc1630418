package dev.dbosj.postgres;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import java.util.regex.Pattern;

/**
 * The URLs that name a PostgreSQL database: {@code postgresql://user:password@host:port/database?setting=value}, the
 * same with {@code postgres:}, and the driver's own {@code jdbc:postgresql:}. Settings are those of the driver.
 */
final class PostgresUrl {
    private static final Pattern SCHEME = Pattern.compile("(?:jdbc:)?postgres(?:ql)?://");
    private static final Pattern URL = Pattern.compile(
            "(?:jdbc:)?postgres(?:ql)?://(?:([^@/?]*)@)?([^/?]*)/([^/?]+)(?:\\?(.*))?");

    private PostgresUrl() {}

    static boolean accepts(String url) {
        return SCHEME.matcher(url).lookingAt();
    }

    /** What the driver understands. User and password, percent-encoded before and after, become settings. */
    static String jdbc(String url) {
        var parts = URL.matcher(url);
        if (!parts.matches())
            throw new SystemDatabaseException(Kind.UNUSABLE, "the database URL '%s' names no database; write"
                    .formatted(withoutPassword(url)) + " postgresql://user:password@host:5432/database");
        var jdbc = new StringBuilder("jdbc:postgresql://").append(parts.group(2)).append('/').append(parts.group(3));
        char separator = '?';
        if (parts.group(4) != null && !parts.group(4).isEmpty()) {
            jdbc.append(separator).append(parts.group(4));
            separator = '&';
        }
        if (parts.group(1) == null) return jdbc.toString();
        int colon = parts.group(1).indexOf(':');
        var user = colon < 0 ? parts.group(1) : parts.group(1).substring(0, colon);
        if (!user.isEmpty()) {
            jdbc.append(separator).append("user=").append(encoded(user));
            separator = '&';
        }
        if (colon >= 0) jdbc.append(separator).append("password=").append(encoded(parts.group(1).substring(colon + 1)));
        return jdbc.toString();
    }

    // In the user part of a URL these stand for themselves; in a setting they would not.
    private static String encoded(String userInfo) {
        return userInfo.replace("+", "%2B").replace("&", "%26");
    }

    /** The URL as it may be shown. */
    static String withoutPassword(String url) {
        return url.replaceFirst("(//[^:@/?]*):[^@/?]*@", "$1@").replaceAll("(?i)([?&]password=)[^&]*", "$1...");
    }
}
