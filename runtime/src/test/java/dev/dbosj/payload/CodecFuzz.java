package dev.dbosj.payload;

import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.json.ErrorCodec;
import dev.dbosj.json.JsonCodec;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What the fuzzer calls: the first byte chooses the type, the rest is the text. */
public final class CodecFuzz {
    private static final JsonCodec JSON = new JsonCodec(16 << 20);
    private static final ErrorCodec ERRORS = new ErrorCodec(JSON, List.of());
    private static final List<Type> TYPES = List.copyOf(Payloads.values().keySet());
    private static final Examiner EXAMINER = new Examiner(Codec.of(JSON));

    private CodecFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) return;
        var text = new String(data, 1, data.length - 1, StandardCharsets.UTF_8);
        EXAMINER.examine(text, TYPES.get(Math.floorMod(data[0], TYPES.size())));
        try {
            ERRORS.decode(text, List.of());
            JSON.decodeArguments(text, new Type[] {Payloads.Invoice.class});
        } catch (PayloadException refusal) {
            return; // as it should
        }
    }
}
