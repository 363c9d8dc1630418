package dev.dbosj;

/** Whether tests are wanted that take long: where CI=true, in ./lab, and where a time is granted to experiments. */
final class Thorough {
    private Thorough() {}

    static boolean isWanted() {
        return "true".equals(System.getenv("CI"))
                || Boolean.getBoolean("dbosj.lab")
                || System.getProperty("dbosj.seconds") != null;
    }
}
