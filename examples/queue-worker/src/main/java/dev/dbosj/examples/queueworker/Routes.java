package dev.dbosj.examples.queueworker;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.sun.net.httpserver.HttpExchange;
import dev.dbosj.exceptions.NoSuchWorkflowException;
import dev.dbosj.workflow.WorkflowState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Which request is answered by what. HEAD is answered like GET; the server leaves the body out. */
final class Routes {
    private static final String WORKFLOWS = "/api/workflows";
    private static final Pattern ONE_WORKFLOW =
            Pattern.compile(WORKFLOWS + "/([^/\\s\\p{Cntrl}]{1,255})/(cancel|resume)");
    private static final int DEFAULT_STEPS = 10;
    private static final int MAX_BODY_BYTES = 1_024;

    private static final Gson GSON = new GsonBuilder()
            .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
            .setStrictness(Strictness.STRICT)
            .create();

    /** The body of a request to enqueue. */
    private record Wish(Integer numSteps) {}

    private record Enqueued(String workflowId, String status) {}

    private record Changed(String workflowId, WorkflowState workflowStatus) {}

    private final Workflows workflows;
    private final Page page;

    Routes(Workflows workflows, Page page) {
        this.workflows = workflows;
        this.page = page;
    }

    Answer answer(HttpExchange exchange) throws IOException, Refusal {
        var method = exchange.getRequestMethod();
        var path = exchange.getRequestURI().getPath();
        if (path.equals(WORKFLOWS)) return switch (method) {
            case "GET", "HEAD" -> Answer.json(Answer.OK, workflows.newest());
            case "POST" -> enqueue(exchange);
            default -> Answer.methodNotAllowed("GET, HEAD, POST");
        };
        var one = ONE_WORKFLOW.matcher(path);
        if (one.matches()) return switch (method) {
            case "POST" -> change(one.group(1), one.group(2));
            default -> Answer.methodNotAllowed("POST");
        };
        var file = page.file(path).orElseThrow(() -> new Refusal(Answer.NOT_FOUND, "there is nothing at this address"));
        return switch (method) {
            case "GET", "HEAD" -> file;
            default -> Answer.methodNotAllowed("GET, HEAD");
        };
    }

    private Answer enqueue(HttpExchange exchange) throws IOException, Refusal {
        var id = workflows.enqueue(wantedSteps(exchange));
        return Answer.json(Answer.ACCEPTED, new Enqueued(id, "enqueued"));
    }

    private static int wantedSteps(HttpExchange exchange) throws IOException, Refusal {
        var body = body(exchange);
        if (body.isBlank()) return DEFAULT_STEPS;
        var type = exchange.getRequestHeaders().getFirst("Content-Type");
        if (type == null || !type.split(";", 2)[0].strip().equalsIgnoreCase("application/json"))
            throw new Refusal(Answer.UNSUPPORTED_MEDIA_TYPE, "the body must be application/json");
        try {
            var wish = GSON.fromJson(body, Wish.class);
            if (wish == null) throw new Refusal(Answer.BAD_REQUEST, "the body must be an object");
            return wish.numSteps == null ? DEFAULT_STEPS : withinBounds(wish.numSteps);
        } catch (JsonParseException unreadable) {
            throw new Refusal(Answer.BAD_REQUEST, "the body must look like {\"num_steps\": 10}");
        }
    }

    private static String body(HttpExchange exchange) throws IOException, Refusal {
        var bytes = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
        if (bytes.length <= MAX_BODY_BYTES) return new String(bytes, StandardCharsets.UTF_8);
        throw new Refusal(Answer.TOO_LARGE, "the body has more than %d bytes".formatted(MAX_BODY_BYTES));
    }

    private static int withinBounds(int numSteps) throws Refusal {
        if (numSteps >= 1 && numSteps <= Agreement.MAX_STEPS) return numSteps;
        throw new Refusal(Answer.BAD_REQUEST, "num_steps %d is outside 1..%d".formatted(numSteps, Agreement.MAX_STEPS));
    }

    private Answer change(String workflowId, String change) throws Refusal {
        try {
            var cancel = change.equals("cancel");
            var state = cancel ? workflows.cancel(workflowId) : workflows.resume(workflowId);
            if (state.isTerminal() && !(cancel && state == WorkflowState.CANCELLED))
                throw new Refusal(Answer.CONFLICT, "too late: the workflow has ended and is " + state);
            return Answer.json(Answer.OK, new Changed(workflowId, state));
        } catch (NoSuchWorkflowException unknown) {
            throw new Refusal(Answer.NOT_FOUND, unknown.getMessage());
        }
    }
}
