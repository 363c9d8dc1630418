package dev.dbosj.payload;

import dev.dbosj.json.JsonCodec;
import java.lang.reflect.Type;

/** What is examined. */
interface Codec {
    Object decode(String json, Type type);

    String encode(Object value, Type type);

    /** The product's. */
    static Codec of(JsonCodec codec) {
        return new Codec() {
            @Override
            public Object decode(String json, Type type) {
                return codec.decode(json, type);
            }

            @Override
            public String encode(Object value, Type type) {
                return codec.encode(value, type);
            }
        };
    }
}
