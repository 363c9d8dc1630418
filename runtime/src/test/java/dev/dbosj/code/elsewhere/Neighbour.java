package dev.dbosj.code.elsewhere;

/** A base class of another package. */
public class Neighbour {
    protected String inherited(String text) {
        return text;
    }

    String hidden(String text) {
        return "the neighbour's";
    }
}
