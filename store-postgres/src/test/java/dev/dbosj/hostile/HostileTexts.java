package dev.dbosj.hostile;

import java.util.ArrayList;
import java.util.List;

/** What is given to every door: each is a text like any other, or is refused. */
public final class HostileTexts {
    private static final List<String> SQL = List.of(
            "'", "''", "\"", "`", "\\", "\\'", "'; drop table workflow_status; --", "'); delete from workflow_status; --",
            "\"; drop table workflow_status; --", "' or '1'='1", "\" or \"\"=\"", "1 or 1=1", "x' union select null, null --", "$$", "$1", "?",
            "??", ":name", "@name", "{call x}", "{fn now()}", "%", "_", "a%", "a_", "%%", "\\%", "*", "[a-z]", "a*", "--", "/*", "*/", ";",
            "null", "NULL", "default", "pg_sleep(9)", "'||pg_sleep(9)||'", "';select pg_sleep(9);--", "E'\\x27'", "\\x27", "{}", "{a,b}", "{\"a\"}",
            "()", "(1,2)", "0", "-1", "1e9", "true", "NaN", "\\N", "\\.", "\u02BC; drop table workflow_status", "\uFF07 or 1=1");
    private static final List<String> MARKUP = List.of(
            "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'><svg onload=alert(1)>", "</script><script>alert(1)</script>",
            "javascript:alert(1)", "<!--", "]]>", "&lt;b&gt;", "&#60;b&#62;", "<b>bold</b>", "{{7*7}}", "${7*7}", "#{7*7}", "<%= 7*7 %>",
            "${jndi:ldap://localhost/x}", "%s%n%x", "{0}", "[[${7}]]", "\u2028alert(1)", "a\u2029b");
    private static final List<String> PATHS = List.of(
            "../../../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/passwd", "file:///etc/passwd", "C:\\x", "%2e%2e%2f", "..%c0%af..", "~root",
            "a/b", "a//b", "./a", "con", "-rf", "--help", "--db=memory:", "-o", "@file", "$(id)", "`id`", "|id", "&&id", ">x", "a b", "http://localhost/");
    private static final List<String> TERMINAL = List.of(
            "\u001B[2J", "\u001B[31mred", "\u001B]0;title\u0007", "\u001B]8;;http://x\u0007link", "\u009B2J", "a\bb", "a\rb", "a\nb", "a\r\nb: c",
            "a\tb", "\u0007", "\u007F", "\u202Egnp.exe", "\u2066x\u2069", "a\u200Bb", "\uFEFFa", "\u00AD", "e\u0301", "\u00E9", "\uD83D\uDE00", "\u4E2D\u6587",
            "\u0645\u0631\u062D\u0628\u0627", "\uE000", "\uFFFE", "\uFFFF", "Z\u0335\u0336\u0337\u0338", "A", "a", "a ", " a", "\u00A0a");
    private static final List<String> JSON = List.of(
            "{\"a\":1}", "[1]", "\"quoted\"", "\\u0000", "\\u001b", "\\n", "\",\"x\":\"", "\"}", "{\"@class\":\"java.lang.ProcessBuilder\"}");

    private HostileTexts() {}

    /** Those that can be stored as ids and names. */
    public static List<String> storable() {
        var all = new ArrayList<String>();
        for (var texts : List.of(SQL, MARKUP, PATHS, TERMINAL, JSON)) all.addAll(texts);
        all.add("x".repeat(255));
        all.add("\u00FC".repeat(255));
        return all;
    }

    /** Those that no name can be. */
    public static List<String> refused() {
        return List.of("", " ", "\t\n", "\u0000", "a\u0000b", "\uD800", "a\uDC00", "\uD83D", "x".repeat(256), "x".repeat(100_000));
    }
}
