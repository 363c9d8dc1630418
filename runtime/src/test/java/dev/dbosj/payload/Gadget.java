package dev.dbosj.payload;

/** Named by payloads and by nothing else: once it is loaded, data has chosen a class. */
final class Gadget extends RuntimeException {
    private static final long serialVersionUID = 1L;
}
