package dev.dbosj.examples.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolboxTest {
    private final Toolbox toolbox = new Toolbox(List.of(
            new Tool("echo", "says it again", "text", "anything", text -> text),
            new Tool("chatter", "says much", "text", "anything", text -> text.repeat(10_000))));

    @Test
    void aToolGetsItsArgument() throws ToolException {
        assertThat(use("echo", "{\"text\": \"a \\\"b\\\"\"}")).isEqualTo("a \"b\"");
        assertThat(use("echo", " {\"text\": 42} ")).isEqualTo("42");
    }

    @Test
    void aLongResultIsCutOff() throws ToolException {
        assertThat(use("chatter", "{\"text\": \"bla\"}")).hasSize(8_000 + " [cut off]".length()).endsWith("[cut off]");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", " ", "null", "text", "[]", "{", "{}",
        "{\"text\": null}", "{\"text\": \"\"}", "{\"text\": []}", "{\"text\": {}}",
        "{\"other\": \"a\"}", "{\"text\": \"a\", \"other\": \"b\"}", "{\"text\": \"a\"} {\"text\": \"b\"}"
    })
    void argumentsThatDoNotFitAreAnsweredWithThoseThatWould(String arguments) {
        assertThatThrownBy(() -> use("echo", arguments))
                .isInstanceOf(ToolException.class)
                .hasMessage("the arguments must be {\"text\": \"anything\"}, at most 2000 characters");
    }

    @Test
    void argumentsWithoutEndAndNoArgumentsAtAllAreRefused() {
        var tooLong = "{\"text\": \"" + "x".repeat(2_000) + "\"}";
        for (var arguments : new String[] {tooLong, "[".repeat(2_000), "[".repeat(1_000_000), null})
            assertThatThrownBy(() -> use("echo", arguments)).isInstanceOf(ToolException.class);
    }

    @Test
    void aToolThatDoesNotExistIsSaidNotTo() {
        assertThatThrownBy(() -> use("rm", "{\"text\": \"/\"}")).hasMessage("there is no tool of this name");
    }

    private String use(String name, String arguments) throws ToolException {
        return toolbox.use(new ToolCall("1", "function", new ToolCall.Function(name, arguments)));
    }
}
