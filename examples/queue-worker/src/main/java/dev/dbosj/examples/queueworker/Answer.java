package dev.dbosj.examples.queueworker;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a request is answered with.
 *
 * @param allow the methods that would have been right, if this one was not; otherwise null
 */
record Answer(int status, String contentType, byte[] body, String allow) {
    static final int OK = 200;
    static final int ACCEPTED = 202;
    static final int BAD_REQUEST = 400;
    static final int FORBIDDEN = 403;
    static final int NOT_FOUND = 404;
    static final int METHOD_NOT_ALLOWED = 405;
    static final int CONFLICT = 409;
    static final int TOO_LARGE = 413;
    static final int UNSUPPORTED_MEDIA_TYPE = 415;
    static final int INTERNAL_ERROR = 500;
    static final int UNAVAILABLE = 503;

    private static final Gson GSON = new GsonBuilder()
            .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
            .serializeNulls()
            .create();

    static Answer file(String contentType, byte[] body) {
        return new Answer(OK, contentType, body, null);
    }

    static Answer json(int status, Object value) {
        return json(status, value, null);
    }

    static Answer error(int status, String reason) {
        return json(status, Map.of("error", reason));
    }

    static Answer methodNotAllowed(String allow) {
        return json(METHOD_NOT_ALLOWED, Map.of("error", "the methods here are " + allow), allow);
    }

    private static Answer json(int status, Object value, String allow) {
        var body = GSON.toJson(value).getBytes(StandardCharsets.UTF_8);
        return new Answer(status, "application/json; charset=utf-8", body, allow);
    }
}
