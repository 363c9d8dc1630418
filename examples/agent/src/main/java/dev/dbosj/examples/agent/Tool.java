package dev.dbosj.examples.agent;

/**
 * Something that the model may ask for. One parameter, a text, is enough for these.
 *
 * @param description tells the model when to use it
 * @param hint tells the model what the parameter is
 */
record Tool(String name, String description, String parameter, String hint, Action action) {
    /** What it does. */
    interface Action {
        /** @throws ToolException if there is no result, saying why */
        String on(String argument) throws ToolException;
    }
}
