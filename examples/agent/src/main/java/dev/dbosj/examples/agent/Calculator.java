package dev.dbosj.examples.agent;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.regex.Pattern;

/**
 * Calculates expressions with the usual precedence: {@code 2 * (3 + 4) ^ 2}, {@code -sqrt(2) / pi}. There is a method
 * for each level, the loosest first.
 */
final class Calculator {
    private static final int MAX_LENGTH = 200; // bounds the depth of nesting, too
    private static final MathContext DIGITS = new MathContext(12);

    private static final Pattern NUMBER = Pattern.compile("(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");
    private static final Pattern NAME = Pattern.compile("[a-z]+\\d*");
    private static final Map<String, Double> CONSTANTS = Map.of("pi", Math.PI, "e", Math.E);
    private static final Map<String, DoubleUnaryOperator> FUNCTIONS = Map.of(
            "sqrt", Math::sqrt, "abs", Math::abs, "ln", Math::log, "log10", Math::log10, "exp", Math::exp,
            "sin", Math::sin, "cos", Math::cos, "tan", Math::tan, "round", Math::rint);

    private final String text;
    private int position;

    private Calculator(String text) {
        this.text = text;
    }

    /**
     * The value of an expression, to 12 digits.
     *
     * @throws ToolException if it is no expression, or has no finite value
     */
    static String calculate(String expression) throws ToolException {
        if (expression.length() > MAX_LENGTH)
            throw new ToolException("an expression has at most %d characters".formatted(MAX_LENGTH));
        var calculator = new Calculator(expression);
        double value = calculator.sum();
        if (!calculator.isAtEnd()) throw calculator.expected("an operator");
        if (!Double.isFinite(value)) throw new ToolException("it has no finite value");
        return new BigDecimal(value).round(DIGITS).stripTrailingZeros().toString();
    }

    private double sum() throws ToolException {
        double value = product();
        while (true) {
            if (accept('+')) value += product();
            else if (accept('-')) value -= product();
            else return value;
        }
    }

    private double product() throws ToolException {
        double value = signed();
        while (true) {
            if (accept('*')) value *= signed();
            else if (accept('/')) value /= signed();
            else if (accept('%')) value %= signed();
            else return value;
        }
    }

    /** A power binds tighter than a sign on its left, and takes one on its right: {@code -2 ^ -2} is -0.25. */
    private double signed() throws ToolException {
        if (accept('-')) return -signed();
        if (accept('+')) return signed();
        double base = operand();
        return accept('^') ? Math.pow(base, signed()) : base;
    }

    private double operand() throws ToolException {
        if (accept('(')) return untilClosed();
        var number = accept(NUMBER);
        if (number.isPresent()) return Double.parseDouble(number.get());
        var name = accept(NAME).orElseThrow(() -> expected("a number"));
        if (CONSTANTS.containsKey(name)) return CONSTANTS.get(name);
        if (!FUNCTIONS.containsKey(name)) throw new ToolException("'%s' is unknown".formatted(name));
        if (!accept('(')) throw expected("'('");
        return FUNCTIONS.get(name).applyAsDouble(untilClosed());
    }

    private double untilClosed() throws ToolException {
        double value = sum();
        if (!accept(')')) throw expected("')'");
        return value;
    }

    private boolean accept(char wanted) {
        if (isAtEnd() || text.charAt(position) != wanted) return false;
        position++;
        return true;
    }

    private Optional<String> accept(Pattern wanted) {
        if (isAtEnd()) return Optional.empty();
        var found = wanted.matcher(text).region(position, text.length());
        if (!found.lookingAt()) return Optional.empty();
        position = found.end();
        return Optional.of(found.group());
    }

    private boolean isAtEnd() {
        while (position < text.length() && Character.isWhitespace(text.charAt(position))) position++;
        return position == text.length();
    }

    private ToolException expected(String what) {
        return new ToolException("%s is expected at character %d".formatted(what, position + 1));
    }
}
