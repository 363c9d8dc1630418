package dev.dbosj.json;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import dev.dbosj.exceptions.StepFailedException;
import java.util.Collection;

/** Stand-in. */
public final class ErrorCodec {
    public ErrorCodec(JsonCodec codec, Collection<Class<? extends Throwable>> known) {}

    public String encode(Throwable error) {
        var json = new JsonObject();
        json.addProperty("name", error.getClass().getName());
        json.addProperty("message", error.getMessage());
        if (error.getCause() != null) json.addProperty("cause", encode(error.getCause()));
        return json.toString();
    }

    public Throwable decode(String text, Collection<Class<? extends Throwable>> declared) {
        var json = new Gson().fromJson(text, JsonObject.class);
        var message = json.has("message") ? json.get("message").getAsString() : null;
        var cause = json.has("cause") ? decode(json.get("cause").getAsString(), declared) : null;
        try {
            var type = Class.forName(json.get("name").getAsString());
            var error = (Throwable) type.getConstructor(String.class).newInstance(message);
            if (cause != null) error.initCause(cause);
            return error;
        } catch (ReflectiveOperationException | IllegalStateException unknown) {
            return new StepFailedException(text, cause);
        }
    }
}
