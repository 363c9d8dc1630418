# Shared by the commands in the root of the clone: finds a JDK, builds a module if needed, becomes its program.
# POSIX sh, to be sourced with $root set to the clone.

least_java=21

fail() {
    echo "$1" >&2
    exit 1
}

# Prints the major version of the JDK in a folder; nothing if there is none.
version_of() {
    [ -n "$1" ] && [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 0
    if [ -r "$1/release" ]; then
        sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
    else
        "$1/bin/java" -version 2>&1 | sed -n '1s/.*version "\([0-9]*\).*/\1/p'
    fi
}

is_new_enough() {
    version=$(version_of "$1")
    [ -n "$version" ] && [ "$version" -ge "$least_java" ]
}

# Prints the home of the java on the PATH.
java_on_path() {
    command=$(command -v java) || return 0
    while [ -L "$command" ]; do
        target=$(readlink "$command")
        case $target in
            /*) command=$target ;;
            *) command=$(dirname "$command")/$target ;;
        esac
    done
    dirname "$(dirname "$command")"
}

# Sets java_home to the first JDK that is new enough, and version to its major version.
find_java() {
    for java_home in "${JAVA_HOME:-}" "$(java_on_path)" \
        /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /usr/local/openjdk* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME:-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
        /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* \
        "${HOME:-}"/.asdf/installs/java/* "${HOME:-}"/.local/share/mise/installs/java/*
    do
        is_new_enough "$java_home" && return
    done
    fail "This needs a JDK of version $least_java or newer.
None was found in JAVA_HOME, on the PATH or in the usual places.
Install one (for instance from https://adoptium.net), or set JAVA_HOME to one."
}

# Sets jar to what the module was packaged in; empty if it was not.
find_jar() {
    jar=$(ls "$module"/target/dbosj-*.jar 2>/dev/null | head -n 1)
}

# build MODULE OTHER...: packages the module if it is not, or if its sources or those of the others are newer; $sources
# names the folder if tests are sources too. Sets module to its folder, and jar.
build() {
    module=$root/$1
    find_jar
    if [ -n "$jar" ] && [ -d "$module/target/lib" ]; then
        newer=$(
            for each in "$@"; do
                find "$root/$each/pom.xml" "$root/$each/${sources:-src/main}" -newer "$jar"
            done
            find "$root/pom.xml" -newer "$jar"
        )
        [ -z "$newer" ] && return
    fi
    echo "Building $1 with the JDK in $java_home ..." >&2
    # Maven's own libraries make newer JDKs print warnings.
    quiet="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED"
    [ "$version" -ge 24 ] && MAVEN_OPTS="${MAVEN_OPTS:-} $quiet"
    export MAVEN_OPTS
    (cd "$root" && JAVA_HOME=$java_home ./mvnw -q -B -DskipTests -pl "$1" -am package </dev/null >&2) ||
        fail "The build failed; './mvnw -pl $1 -am package' shows it in full."
    find_jar
    touch "$jar"
}

# remember: has the function learn make a short run once, with the options that it is given and files in $training, so that
# later runs of the same classes by the same java start sooner; sets $memory to the option that they need.
remember() {
    if [ "$version" -ge 25 ]; then
        classes=$module/target/classes-$version.aot
        how="-XX:AOTCacheOutput"
        memory="-XX:AOTCache=$classes"
    else
        classes=$module/target/classes-$version.jsa
        how="-XX:ArchiveClassesAtExit"
        memory="-XX:SharedArchiveFile=$classes"
    fi
    [ -n "$(find "$classes" -newer "$jar" 2>/dev/null)" ] && return
    training=$module/target/training.$$
    mkdir -p "$training" 2>/dev/null || return 0
    (learn "$how=$training/classes") >/dev/null 2>&1 && mv "$training/classes" "$classes" || true
    rm -rf "$training"
}

# become ARGUMENTS...: java with the classes of the module that was built, in the place of this shell, so that a signal
# meets the program. The serial collector starts quickest, unless $collector names another; native access is for SQLite
# and Lucene.
become() {
    # Without a locale, java cannot name files or read arguments beyond ASCII.
    case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in
        *[Uu][Tt][Ff]*) ;;
        *) LC_ALL=C.UTF-8 && export LC_ALL ;;
    esac
    exec "$java_home/bin/java" "${collector:--XX:+UseSerialGC}" --enable-native-access=ALL-UNNAMED \
        -cp "$module/target/*:$module/target/lib/*" "$@"
}
