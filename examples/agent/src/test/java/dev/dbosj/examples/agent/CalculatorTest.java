package dev.dbosj.examples.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CalculatorTest {
    private static final int LONGEST = 200;

    @ParameterizedTest
    @CsvSource({
        "1 + 2 * 3, 7",
        "(1 + 2) * 3, 9",
        "10 - 4 - 3, 3",
        "64 / 4 / 2, 8",
        "7 % 4 + 1, 4",
        "2 ^ 3 ^ 2, 512",
        "-2 ^ 2, -4",
        "2 ^ -1, 0.5",
        "2 * -3, -6",
        "--+5, 5",
        "0.1 + 0.2, 0.3",
        ".5 + 1. + 1e-1, 1.6",
        "sqrt(2 * 9.81 * 0.5), 3.13209195267",
        "sin(pi / 2) + cos(0) + ln(e) + log10(1000), 6",
        "round(2.6) - abs(-1) + exp(0), 3",
        "1e20 * 10, 1E+21",
    })
    void calculatesWithTheUsualPrecedence(String expression, String value) throws ToolException {
        assertThat(Calculator.calculate(expression)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", " ", "2 +", "* 2", "2 2", "2 pi", "(1", "1)", "()", "sqrt", "sqrt 4", "sqrt()", "1..2", "1e", "e(1)", "2,5",
        "x", "System.exit(0)", "exit(0)", "${7*7}", "1;2", "٣", "\0", "1 + \uD83D\uDE00", "NaN", "Infinity"
    })
    void refusesWhatIsNoExpression(String text) {
        assertThatThrownBy(() -> Calculator.calculate(text))
                .isInstanceOf(ToolException.class)
                .hasMessageMatching(".{5,60}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 / 0", "0 / 0", "5 % 0", "sqrt(-1)", "ln(0)", "9 ^ 9 ^ 9 ^ 9 ^ 9", "1e999", "exp(1e9)"})
    void hasNoAnswerThatIsNotFinite(String expression) {
        assertThatThrownBy(() -> Calculator.calculate(expression)).hasMessage("it has no finite value");
    }

    @Test
    void saysWhereAnExpressionIsWrong() {
        assertThatThrownBy(() -> Calculator.calculate("2 * (3 + )")).hasMessage("a number is expected at character 10");
    }

    @Test
    void nestsAsDeepAsAnExpressionIsLongAndNoDeeper() throws ToolException {
        var deep = "(".repeat(LONGEST / 2 - 1) + "7" + ")".repeat(LONGEST / 2 - 1);

        assertThat(Calculator.calculate(deep)).isEqualTo("7");
        assertThat(Calculator.calculate("-".repeat(LONGEST - 2) + "7")).isEqualTo("7");
        assertThatThrownBy(() -> Calculator.calculate("(".repeat(1_000_000)))
                .hasMessage("an expression has at most 200 characters");
    }
}
