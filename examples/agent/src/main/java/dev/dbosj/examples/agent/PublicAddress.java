package dev.dbosj.examples.agent;

import java.net.Inet4Address;
import java.net.InetAddress;

/** Tells addresses of the public Internet from those of this machine, its networks, and other special uses. */
final class PublicAddress {
    private PublicAddress() {}

    static boolean isPublic(InetAddress address) {
        var bytes = address.getAddress();
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        return address instanceof Inet4Address
                ? isPublic4(address, first, second, bytes[2])
                : isPublic6(first, second, bytes);
    }

    private static boolean isPublic4(InetAddress address, int first, int second, byte third) {
        boolean ours = address.isLoopbackAddress() || address.isSiteLocalAddress() || address.isLinkLocalAddress();
        boolean thisNetwork = first == 0;
        boolean ofTheProvider = first == 100 && second >= 64 && second < 128;
        boolean forProtocols = first == 192 && second == 0 && third == 0;
        boolean forBenchmarks = first == 198 && (second & 0xfe) == 18;
        boolean multicastOrReserved = first >= 224;
        return !(ours || thisNetwork || ofTheProvider || forProtocols || forBenchmarks || multicastOrReserved);
    }

    /** Public is only 2000::/3; without the parts of it that hold an IPv4 address, which may be any. */
    private static boolean isPublic6(int first, int second, byte[] bytes) {
        boolean unicast = (first & 0xe0) == 0x20;
        boolean teredo = first == 0x20 && second == 0x01 && bytes[2] == 0 && bytes[3] == 0;
        boolean sixToFour = first == 0x20 && second == 0x02;
        return unicast && !teredo && !sixToFour;
    }
}
