package dev.dbosj.examples.agent;

/**
 * What a model asks for.
 *
 * @param id made up by the model, to say which result is whose; unique within one reply at best
 * @param type always "function"
 */
record ToolCall(String id, String type, Function function) {
    /**
     * Which tool, and with what.
     *
     * @param arguments a JSON object as text, as the model has written it: it may be anything
     */
    record Function(String name, String arguments) {
        Function {
            if (arguments == null) arguments = "";
        }
    }

    @Override
    public String toString() {
        return function.name() + " " + function.arguments();
    }
}
