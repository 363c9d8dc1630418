package dev.dbosj.examples.queueworker;

import com.sun.net.httpserver.Headers;
import java.util.regex.Pattern;

/**
 * Who asks. The server is open to everybody on this machine, so that any web page in the user's browser could reach it
 * too: by a name of its own that leads here (DNS rebinding), which the Host header gives away, or by a request from
 * another site, which the Origin header does.
 */
final class Visitor {
    private static final Pattern THIS_MACHINE = Pattern.compile("(?i)(localhost|127\\.0\\.0\\.1)(:\\d{1,5})?");

    private Visitor() {}

    static void requireWelcome(Headers headers) throws Refusal {
        var host = headers.getFirst("Host");
        if (host == null || !THIS_MACHINE.matcher(host).matches())
            throw new Refusal(Answer.FORBIDDEN, "this server is called localhost or 127.0.0.1");
        var origin = headers.getFirst("Origin");
        if (origin != null && !origin.equalsIgnoreCase("http://" + host))
            throw new Refusal(Answer.FORBIDDEN, "other sites may not use this server");
    }
}
