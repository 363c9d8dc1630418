package dev.dbosj.examples.agent;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Says what is written in a file, reply by reply, whatever it is told: for a demonstration without a network. */
final class RecordedModel implements Model {
    private static final String RECORDING = "/recorded/jump.json";

    /** The file: what was asked, and what the model said, in the form of the endpoints. */
    private record Recording(String question, List<Message> replies) {}

    private final Recording recording;
    private final Duration thinkingTime;

    private RecordedModel(Recording recording, Duration thinkingTime) {
        this.recording = recording;
        this.thinkingTime = thinkingTime;
    }

    /** @param thinkingTime how long each reply takes */
    static RecordedModel load(Duration thinkingTime) {
        try (var in = new InputStreamReader(
                RecordedModel.class.getResourceAsStream(RECORDING), StandardCharsets.UTF_8)) {
            return new RecordedModel(Message.WIRE.fromJson(in, Recording.class), thinkingTime);
        } catch (IOException broken) {
            throw new UncheckedIOException("cannot read " + RECORDING, broken);
        }
    }

    /** The only question that the replies fit. */
    String question() {
        return recording.question();
    }

    @Override
    public String name() {
        return "recorded";
    }

    @Override
    public Message reply(List<Message> conversation) throws ModelException {
        Pause.of(thinkingTime);
        long said = conversation.stream().filter(message -> message.role().equals(Message.ASSISTANT)).count();
        if (said >= recording.replies().size()) throw new ModelException("the recording has ended");
        return recording.replies().get((int) said);
    }
}
