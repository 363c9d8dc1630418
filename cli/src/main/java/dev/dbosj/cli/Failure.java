package dev.dbosj.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/**
 * A recorded error, {@code {"name","message","stackTrace"?,"cause"?}}, in words. Another program may have recorded
 * something else, which is then shown as it is.
 */
record Failure(JsonElement recorded) {
    static Failure of(String json) {
        return new Failure(Json.parsed(json));
    }

    /** As short as can be: the name without its package, and the message. */
    String brief() {
        var name = member("name");
        return name == null ? summary() : named(name.substring(name.lastIndexOf('.') + 1));
    }

    private String summary() {
        var name = member("name");
        if (name == null) return recorded.isJsonPrimitive() ? recorded.getAsString() : Json.onOneLine(recorded);
        return named(name);
    }

    private String named(String name) {
        var message = member("message");
        return message == null ? name : name + ": " + message;
    }

    /** With its stack trace and its causes. */
    String story() {
        var story = new StringBuilder(summary());
        var frames = member("stackTrace");
        if (frames != null) frames.lines().forEach(frame -> story.append("\n    at ").append(frame.strip()));
        if (recorded instanceof JsonObject error && error.get("cause") instanceof JsonObject cause)
            story.append("\ncaused by ").append(new Failure(cause).story());
        return story.toString();
    }

    private String member(String name) {
        return recorded instanceof JsonObject error && error.get(name) != null && error.get(name).isJsonPrimitive()
                ? error.get(name).getAsString()
                : null;
    }
}
